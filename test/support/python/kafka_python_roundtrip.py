"""Produces, consumes in a group, commits and describes with kafka-python.

Usage: kafka_python_roundtrip.py BROKER TOPIC GROUP COUNT

Prints one JSON object.
"""
import json
import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

broker, topic, group, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])

admin = KafkaAdminClient(bootstrap_servers=broker)
admin.create_topics([NewTopic(topic, num_partitions=2, replication_factor=1)])

producer = KafkaProducer(
    bootstrap_servers=broker,
    acks="all",
    value_serializer=lambda value: json.dumps(value).encode("utf-8"),
)
offsets = [
    producer.send(topic, {"type": "heartbeat", "n": n}, partition=n % 2).get(timeout=10).offset
    for n in range(count)
]
producer.close()

consumer = KafkaConsumer(
    topic,
    bootstrap_servers=broker,
    group_id=group,
    auto_offset_reset="earliest",
    enable_auto_commit=False,
    value_deserializer=lambda raw: json.loads(raw.decode("utf-8")),
)
values = []
while len(values) < count:
    for records in consumer.poll(timeout_ms=500).values():
        values.extend(record.value["n"] for record in records)
consumer.commit()
committed = [consumer.committed(TopicPartition(topic, partition)) for partition in (0, 1)]
ends = consumer.end_offsets([TopicPartition(topic, partition) for partition in (0, 1)])
described = admin.describe_consumer_groups([group])[0]
groups = admin.list_consumer_groups()
consumer.close()
topics = admin.list_topics()
admin.delete_topics([topic])

print(
    json.dumps(
        {
            "offsets": offsets,
            "values": sorted(values),
            "committed": committed,
            "ends": sorted(ends.values()),
            "state": described.state,
            "members": len(described.members),
            "groups": [list(entry) for entry in groups],
            "topics": topics,
            "topicsAfterDeletion": admin.list_topics(),
        }
    )
)
admin.close()
