#!/usr/bin/python3
"""A Resonance node as the user's document describes it, for interoperation tests.

Needs Debian's python3-websockets and python3-kafka. It runs a WebSocket server, connects to peers,
and, with --kafka, produces and consumes. What it sees it prints as one JSON object a line; what it
shall do it reads as one JSON object a line:

    {"command": "ws", "peer": NAME, "text": TEXT}          over the connection to a peer, as it is
    {"command": "ws", "peer": NAME, "message": {...}}      the same, with source and timestamp added
    {"command": "broadcast", "message": {...}}             to every client of the own server
    {"command": "kafka", "method": "send_...", "args": []} through the producer
    {"command": "produce", "topic": T, "value": TEXT}      any bytes, through the producer
    {"command": "stop"}
"""

import argparse
import asyncio
import json
import logging
import os
import sys
import threading
from datetime import datetime, timezone

import websockets

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "WARNING"), stream=sys.stderr)

RESONANCE_FREQUENCY = 0.043
S_ROI_THRESHOLD = 0.5020

KAFKA_TOPICS = {
    "outbound": "resonance.outbound",
    "inbound": "resonance.inbound",
    "state_sync": "resonance.state.sync",
    "lexamoris": "resonance.lexamoris",
    "nexus": "resonance.nexus",
}

_print_lock = threading.Lock()


def report(event, **fields):
    with _print_lock:
        print(json.dumps({"event": event, **fields}), flush=True)


def now():
    """As old nodes stamp their messages: microseconds and an offset."""
    return datetime.now(timezone.utc).isoformat()


def naive_now():
    """As old servers stamp their replies: no offset at all."""
    return datetime.now(timezone.utc).replace(tzinfo=None).isoformat()


class ResonanceProducer:
    """Sends data streams to other nodes over Kafka."""

    def __init__(self, bootstrap_servers, name, anchor):
        from kafka import KafkaProducer

        self.name = name
        self.anchor = anchor
        self.producer = KafkaProducer(
            bootstrap_servers=bootstrap_servers,
            client_id=f"{name}-node",
            value_serializer=lambda value: value.encode("utf-8")
            if isinstance(value, str)
            else json.dumps(value).encode("utf-8"),
            acks="all",
            retries=3,
        )

    def send_state_update(self, state_data):
        return self._send(
            KAFKA_TOPICS["state_sync"],
            {"type": "state_update", "timestamp": now(), "anchor": self.anchor, "data": state_data},
        )

    def send_frequency_sync(self, frequency=RESONANCE_FREQUENCY, s_roi=S_ROI_THRESHOLD):
        return self._send(
            KAFKA_TOPICS["state_sync"],
            {
                "type": "frequency_sync",
                "timestamp": now(),
                "frequency": frequency,
                "s_roi": s_roi,
                "anchor": self.anchor,
            },
        )

    def send_s_roi_update(self, s_roi):
        return self._send(
            KAFKA_TOPICS["state_sync"],
            {"type": "s_roi_update", "timestamp": now(), "s_roi": s_roi, "anchor": self.anchor},
        )

    def send_repository_event(self, event_type, event_data, target_topic=None):
        return self._send(
            target_topic or KAFKA_TOPICS["inbound"],
            {
                "type": "repository_event",
                "timestamp": now(),
                "event_type": event_type,
                "data": event_data,
                "source": self.name,
            },
        )

    def send_heartbeat(self):
        return self._send(
            KAFKA_TOPICS["state_sync"],
            {
                "type": "heartbeat",
                "timestamp": now(),
                "anchor": self.anchor,
                "frequency": RESONANCE_FREQUENCY,
                "s_roi": S_ROI_THRESHOLD,
            },
        )

    def produce(self, topic, value):
        return self._send(topic, value)

    def _send(self, topic, value):
        metadata = self.producer.send(topic, value=value).get(timeout=10)
        return {"topic": metadata.topic, "partition": metadata.partition, "offset": metadata.offset}

    def close(self):
        self.producer.close(timeout=2)


class ResonanceConsumer(threading.Thread):
    """Reads topics in a consumer group and reports each message."""

    def __init__(self, bootstrap_servers, name, group, topics):
        super().__init__(daemon=True)
        from kafka import KafkaConsumer

        self.stopping = threading.Event()
        self.consumer = KafkaConsumer(
            *topics,
            bootstrap_servers=bootstrap_servers,
            client_id=f"{name}-node",
            group_id=group,
            auto_offset_reset="earliest",
            enable_auto_commit=True,
        )

    def run(self):
        while not self.stopping.is_set():
            for records in self.consumer.poll(timeout_ms=200).values():
                for record in records:
                    report(
                        "received",
                        via="kafka",
                        topic=record.topic,
                        partition=record.partition,
                        offset=record.offset,
                        text=record.value.decode("utf-8", "replace") if record.value else None,
                    )
        self.consumer.close()


class ResonanceWebSocketServer:
    """Relays what its clients send and answers them, as the protocol says."""

    RELAYED = ("frequency_sync", "state_update", "s_roi_update", "repository_event")

    def __init__(self, anchor):
        self.anchor = anchor
        self.clients = set()

    async def handle_client(self, websocket):
        self.clients.add(websocket)
        try:
            await websocket.send(
                json.dumps(
                    {
                        "type": "state_update",
                        "timestamp": naive_now(),
                        "frequency": RESONANCE_FREQUENCY,
                        "s_roi": S_ROI_THRESHOLD,
                        "anchor": self.anchor,
                        "message": "Connected to Resonance node",
                    }
                )
            )
            async for text in websocket:
                report("received", via="server", text=text)
                await self.handle_message(websocket, text)
        except websockets.ConnectionClosed:
            pass
        finally:
            self.clients.discard(websocket)
            report("client_gone", code=websocket.close_code)

    async def handle_message(self, websocket, text):
        try:
            message = json.loads(text)
        except json.JSONDecodeError:
            await websocket.send(json.dumps({"type": "error", "message": "Invalid JSON format"}))
            return
        message_type = message.get("type")
        if message_type in self.RELAYED:
            await self.broadcast(message, exclude=websocket)
            await websocket.send(
                json.dumps({"type": "ack", "original_type": message_type, "timestamp": naive_now()})
            )
        elif message_type == "heartbeat":
            await websocket.send(
                json.dumps({"type": "heartbeat", "timestamp": naive_now(), "anchor": self.anchor})
            )
        else:
            await websocket.send(
                json.dumps({"type": "error", "message": f"Unknown message type: {message_type}"})
            )

    async def broadcast(self, message, exclude=None):
        others = [client for client in self.clients if client is not exclude]
        if others:
            await asyncio.gather(
                *(client.send(json.dumps(message)) for client in others), return_exceptions=True
            )


class ResonanceWebSocketClient:
    """A connection to one peer: made once, and read so that tests see the answers."""

    def __init__(self, peer, url, name):
        self.peer = peer
        self.url = url
        self.name = name
        self.websocket = None

    async def run(self):
        try:
            async with websockets.connect(self.url, ping_interval=20, ping_timeout=10) as websocket:
                self.websocket = websocket
                report("peer_open", peer=self.peer)
                async for text in websocket:
                    report("received", via=f"peer:{self.peer}", text=text)
            report("peer_gone", peer=self.peer, code=websocket.close_code)
        except (OSError, websockets.WebSocketException) as error:
            report("peer_gone", peer=self.peer, error=str(error))
        finally:
            self.websocket = None

    async def send_text(self, text):
        if self.websocket is None:
            report("failed", peer=self.peer, error="not connected")
            return
        await self.websocket.send(text)

    async def send(self, message):
        await self.send_text(json.dumps({"timestamp": now(), "source": self.name, **message}))


class StateSynchronizer:
    """Broadcasts the state, the frequency and a heartbeat every interval."""

    def __init__(self, node, interval):
        self.node = node
        self.interval = interval
        self.state = {
            "frequency": RESONANCE_FREQUENCY,
            "s_roi": S_ROI_THRESHOLD,
            "status": "supraleitend",
            "anchor": node.anchor,
            "last_update": None,
            "connected_nodes": [],
        }

    async def run(self):
        while True:
            await asyncio.sleep(self.interval)
            self.state["last_update"] = now()
            producer = self.node.producer
            if producer is not None:
                await self.node.in_thread(producer.send_state_update, self.state)
                await self.node.in_thread(producer.send_frequency_sync)
                await self.node.in_thread(producer.send_heartbeat)
            for client in self.node.peers.values():
                if client.websocket is None:
                    continue
                try:
                    await client.send(
                        {"type": "state_update", "anchor": self.node.anchor, "data": self.state}
                    )
                    await client.send(
                        {
                            "type": "frequency_sync",
                            "frequency": self.state["frequency"],
                            "s_roi": self.state["s_roi"],
                            "anchor": self.node.anchor,
                        }
                    )
                    await client.send({"type": "heartbeat", "anchor": self.node.anchor})
                except websockets.ConnectionClosed:
                    pass
            self.state["connected_nodes"] = [
                peer for peer, client in self.node.peers.items() if client.websocket is not None
            ]


class ResonanceNode:
    def __init__(self, options):
        self.options = options
        self.name = options.name
        self.anchor = options.anchor
        self.server = ResonanceWebSocketServer(self.anchor)
        self.peers = {}
        self.producer = None
        self.consumer = None

    async def in_thread(self, function, *arguments):
        return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)

    async def run(self):
        options = self.options
        server = await websockets.serve(
            self.server.handle_client,
            options.host,
            options.port,
            ping_interval=20,
            ping_timeout=10,
        )
        port = server.sockets[0].getsockname()[1]
        if options.kafka:
            self.producer = await self.in_thread(
                ResonanceProducer, options.kafka, self.name, self.anchor
            )
            self.consumer = await self.in_thread(
                ResonanceConsumer,
                options.kafka,
                self.name,
                options.group or f"{self.name}-group",
                options.topic or [KAFKA_TOPICS.get(self.name, f"resonance.{self.name}"), KAFKA_TOPICS["state_sync"]],
            )
            self.consumer.start()
        tasks = []
        for peer in options.peer:
            name, url = peer.split("=", 1)
            self.peers[name] = ResonanceWebSocketClient(name, url, self.name)
            tasks.append(asyncio.create_task(self.peers[name].run()))
        if options.sync_interval > 0:
            synchronizer = StateSynchronizer(self, options.sync_interval)
            tasks.append(asyncio.create_task(synchronizer.run()))
        report("ready", name=self.name, websocket=f"ws://{options.host}:{port}")
        await self.read_commands()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        server.close()
        await server.wait_closed()
        if self.consumer is not None:
            self.consumer.stopping.set()
            self.consumer.join(timeout=2)
        if self.producer is not None:
            await self.in_thread(self.producer.close)

    async def read_commands(self):
        reader = asyncio.StreamReader(limit=4 * 1024 * 1024)
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        while True:
            line = await reader.readline()
            if not line:
                return
            command = json.loads(line)
            if command["command"] == "stop":
                return
            try:
                await self.execute(command)
            except Exception as error:  # a test wants to see any failure, and the node to live on
                report("failed", command=command["command"], error=repr(error))

    async def execute(self, command):
        kind = command["command"]
        if kind == "ws":
            client = self.peers[command["peer"]]
            if "text" in command:
                await client.send_text(command["text"])
            else:
                await client.send(command["message"])
        elif kind == "broadcast":
            await self.server.broadcast(
                {"timestamp": now(), "source": self.name, **command["message"]}
            )
        elif kind == "kafka":
            method = getattr(self.producer, command["method"])
            report("produced", **await self.in_thread(method, *command.get("args", [])))
        elif kind == "produce":
            result = await self.in_thread(self.producer.produce, command["topic"], command["value"])
            report("produced", **result)
        else:
            report("failed", error=f"unknown command {kind}")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--name", default="nexus")
    parser.add_argument("--anchor", default="BOLZANO_71")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=URL")
    parser.add_argument("--kafka", default="", metavar="HOST:PORT[,HOST:PORT]")
    parser.add_argument("--group", default="")
    parser.add_argument("--topic", action="append", default=[], help="to consume; repeatable")
    parser.add_argument("--sync-interval", type=float, default=0, help="seconds; 0 for none")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        asyncio.run(ResonanceNode(parse_arguments()).run())
    except KeyboardInterrupt:
        pass
