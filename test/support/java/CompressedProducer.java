import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends heartbeats in compressed batches with Apache Kafka's own client.
 * Usage: CompressedProducer.java BROKER COUNT CODEC=TOPIC...
 */
public class CompressedProducer {
  public static void main(String[] args) throws Exception {
    final int count = Integer.parseInt(args[1]);
    for (int pair = 2; pair < args.length; pair++) {
      final String[] codecAndTopic = args[pair].split("=", 2);
      final Map<String, Object> config =
          Map.of(
              "bootstrap.servers", args[0],
              "compression.type", codecAndTopic[0],
              "linger.ms", 200,
              "batch.size", 262144);
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
        for (int n = 0; n < count; n++) {
          final String value = "{\"type\":\"heartbeat\",\"id\":\"java-" + n + "\"}";
          producer.send(new ProducerRecord<>(codecAndTopic[1], 0, "java", value));
        }
      }
    }
    System.out.println("sent");
  }
}
