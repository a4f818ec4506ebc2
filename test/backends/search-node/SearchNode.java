import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.Node;
import org.opensearch.transport.Netty4Plugin;

/**
 * One node of OpenSearch with the HTTP server that its distribution has as a module, and without the checks for production
 * and the security manager. build.sh compiles it for Elasticsearch as well: the classes have the same names there.
 *
 * Usage: java SearchNode FOLDER HTTP_PORT TRANSPORT_PORT
 */
public final class SearchNode extends Node {
  private SearchNode(Settings settings) {
    super(new Environment(settings, null), List.of(Netty4Plugin.class), true);
  }

  public static void main(String[] args) throws Exception {
    Settings settings = Settings.builder()
        .put("path.home", args[0])
        .put("http.port", args[1])
        .put("transport.port", args[2])
        .put("network.host", "127.0.0.1")
        .put("cluster.name", "tests")
        .put("node.name", "one")
        .put("discovery.type", "single-node")
        .put("http.type", "netty4")
        .put("transport.type", "netty4")
        .put("cluster.routing.allocation.disk.threshold_enabled", false)
        .build();
    new SearchNode(settings).start();
    new CountDownLatch(1).await();
  }
}
