"""Reads COUNT messages of TOPIC with kafka-python and prints each value on a line.

Usage: kafka_python_consume.py BROKER TOPIC COUNT
"""
import sys

from kafka import KafkaConsumer

broker, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
consumer = KafkaConsumer(topic, bootstrap_servers=broker, auto_offset_reset="earliest")
for _, message in zip(range(count), consumer):
    print(message.value.decode("utf-8"), flush=True)
consumer.close()
