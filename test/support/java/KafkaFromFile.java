import java.io.FileInputStream;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Produces one value as Apache Kafka's own client does with a client.properties. Usage: KafkaFromFile.java FILE TOPIC VALUE.
 * Prints the offset.
 */
public class KafkaFromFile {
  public static void main(String[] args) throws Exception {
    final Properties config = new Properties();
    try (FileInputStream file = new FileInputStream(args[0])) {
      config.load(file);
    }
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      System.out.println("offset=" + producer.send(new ProducerRecord<>(args[1], args[2])).get().offset());
    }
  }
}
