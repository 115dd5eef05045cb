import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Creates a topic, produces (idempotently, the default), consumes in a group, commits, looks at the group and deletes all,
 * with Apache Kafka's own client. Usage: KafkaRoundtrip.java BROKER COUNT. Prints one line of facts.
 */
public class KafkaRoundtrip {
  public static void main(String[] args) throws Exception {
    final int count = Integer.parseInt(args[1]);
    final Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", args[0]);
    config.put("group.id", "java");
    config.put("auto.offset.reset", "earliest");
    config.put("enable.auto.commit", false);

    try (Admin admin = Admin.create(config)) {
      admin.createTopics(List.of(new NewTopic("java", 3, (short) 1))).all().get();
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
        for (int n = 0; n < count; n++) {
          producer.send(new ProducerRecord<>("java", n % 3, "key-" + n, "value-" + n));
        }
      }
      int read = 0;
      try (KafkaConsumer<String, String> consumer =
          new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
        consumer.subscribe(List.of("java"));
        while (read < count) read += consumer.poll(Duration.ofMillis(500)).count();
        consumer.commitSync();
      }
      final var committed = admin.listConsumerGroupOffsets("java").partitionsToOffsetAndMetadata().get();
      long sum = 0;
      for (int partition = 0; partition < 3; partition++) {
        sum += committed.get(new TopicPartition("java", partition)).offset();
      }
      final var state = admin.describeConsumerGroups(List.of("java")).all().get().get("java").groupState();
      admin.deleteConsumerGroups(List.of("java")).all().get();
      admin.deleteTopics(List.of("java")).all().get();
      System.out.println(
          "read=" + read + " committed=" + sum + " state=" + state + " topics=" + admin.listTopics().names().get());
    }
  }
}
