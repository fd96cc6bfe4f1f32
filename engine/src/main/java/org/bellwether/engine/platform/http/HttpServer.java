package org.bellwether.engine.platform.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import java.util.Map;
import java.util.OptionalInt;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.pki.Identity;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.MinimumDataRateHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/**
 * The server: HTTP/1.1 and HTTP/2 over TLS, each request on a virtual thread of its own, and plain HTTP for the few things
 * that a client needs before it can check the certificate. All requests go to one {@link Endpoint}.
 */
public final class HttpServer implements AutoCloseable {
    private static final char[] IN_MEMORY = "in-memory".toCharArray();
    /** Room for a token, a long search and a chain of follow; beyond it a client is broken or hostile. */
    private static final int HEADER_SIZE = 16 * 1024;

    private static final int BUFFER = 32 * 1024;
    /** Bytes per second of a body below which a client counts as stalled. */
    private static final int SLOWEST = 256;

    private static final long STOP_TIMEOUT_MILLIS = 10_000;

    private final HttpSettings settings;
    private final SslContextFactory.Server tls = new SslContextFactory.Server();
    private final Javalin javalin;

    private HttpServer(HttpSettings settings, Identity identity, Endpoint site, Map<String, SocketPlace> sockets) {
        this.settings = settings;
        trust(identity);
        var door = new Door(site);
        this.javalin = Javalin.create(config -> {
            configure(config, door);
            new Sockets().configure(config, sockets);
        });
    }

    /**
     * Starts to listen; the ports are bound when it returns.
     *
     * @param identity the certificate to show
     * @param site answers every request that came in one piece
     * @throws Failure that names the port if it is taken
     */
    public static HttpServer start(HttpSettings settings, Identity identity, Endpoint site) {
        return start(settings, identity, site, Map.of());
    }

    /** @param sockets places for WebSockets, by path; parts in braces are variable */
    public static HttpServer start(
            HttpSettings settings, Identity identity, Endpoint site, Map<String, SocketPlace> sockets) {
        HttpServer server = new HttpServer(settings, identity, site, sockets);
        try {
            server.javalin.start();
        } catch (RuntimeException refused) {
            server.javalin.stop();
            throw Failure.unavailable("Cannot listen on " + settings.address() + ", port " + settings.httpsPort()
                            + (settings.httpPort().isPresent()
                                    ? " and " + settings.httpPort().getAsInt()
                                    : ""))
                    .because(String.valueOf(refused.getMessage()))
                    .next("Stop the program that uses the port (ss -ltnp shows it), or set https.port to another one")
                    .from(refused);
        }
        return server;
    }

    /** The port of HTTPS, chosen by the system if the settings left it open. */
    public int httpsPort() {
        return port(0).orElseThrow();
    }

    /** The port of plain HTTP, if there is one. */
    public OptionalInt httpPort() {
        return port(1);
    }

    /** Shows another certificate to connections that come from now on; those that are open keep theirs. */
    public void renew(Identity identity) {
        try {
            tls.reload(factory -> trust(identity));
        } catch (Exception broken) {
            throw Failure.internal("The new certificate of the HTTPS server could not be taken into use")
                    .because(String.valueOf(broken.getMessage()))
                    .undone("The old one is still in use")
                    .next("Restart the engine before the old one ends")
                    .from(broken);
        }
    }

    /** Stops accepting, lets running requests end for a while, and closes. */
    @Override
    public void close() {
        javalin.stop();
    }

    private void trust(Identity identity) {
        tls.setKeyStore(identity.keyStore(IN_MEMORY));
        tls.setKeyStorePassword(new String(IN_MEMORY));
    }

    private OptionalInt port(int index) {
        Connector[] connectors = javalin.jettyServer().server().getConnectors();
        return index < connectors.length && connectors[index] instanceof ServerConnector connector
                ? OptionalInt.of(connector.getLocalPort())
                : OptionalInt.empty();
    }

    private void configure(JavalinConfig config, Door door) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.jetty.threadPool = threads();
        config.jetty.modifyServer(this::harden);
        config.jetty.modifyServletContextHandler(context -> context.setErrorHandler(new EdgeErrors()));
        config.jetty.addConnector((server, _) -> https(server));
        if (settings.httpPort().isPresent()) {
            config.jetty.addConnector(
                    (server, _) -> http(server, settings.httpPort().getAsInt()));
        }
        config.routes.before(door);
    }

    /**
     * All threads are virtual ones. A pool of platform threads beside them would not do: Jetty runs what comes over TLS on
     * that pool, and a few dozen clients that send no body would hold all of it.
     */
    private static VirtualThreadPool threads() {
        // No limit of its own: that of the connections holds.
        VirtualThreadPool pool = new VirtualThreadPool(0);
        pool.setName("http");
        return pool;
    }

    private void harden(Server server) {
        server.setErrorHandler(new EdgeErrors());
        server.setStopTimeout(STOP_TIMEOUT_MILLIS);
        // Of answers the idle timeout takes care: an event stream may well say nothing for a while.
        server.setHandler(new GracefulHandler(new MinimumDataRateHandler(SLOWEST, 0)));
        server.addBean(new NetworkConnectionLimit(settings.connections(), server));
        server.addBean(new SlowClients(server.getScheduler(), settings.headerTime()));
    }

    private ServerConnector https(Server server) {
        HttpConfiguration http = http();
        // The name that a client asks for need not be one of the certificate's: tunnels and addresses behind NAT are
        // common, and whom it trusts is the client's decision.
        http.addCustomizer(new SecureRequestCustomizer(false));
        HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(http);
        http2.setMaxConcurrentStreams(128);
        // WebSockets come over HTTP/1.1, which browsers take when this is not offered.
        http2.setConnectProtocolEnabled(false);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol("http/1.1");
        ServerConnector connector = new ServerConnector(
                server,
                1,
                1,
                new SslConnectionFactory(tls, alpn.getProtocol()),
                alpn,
                http2,
                new HttpConnectionFactory(http));
        return listening(connector, settings.httpsPort());
    }

    private ServerConnector http(Server server, int port) {
        return listening(new ServerConnector(server, 1, 1, new HttpConnectionFactory(http())), port);
    }

    private ServerConnector listening(ServerConnector connector, int port) {
        connector.setHost(settings.address());
        connector.setPort(port);
        connector.setIdleTimeout(settings.idle().toMillis());
        connector.setReuseAddress(true);
        // A listener of the server's would hear of both connectors' connections twice.
        connector.getServer().getBeans(SlowClients.class).forEach(connector::addBean);
        return connector;
    }

    private static HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(HEADER_SIZE);
        http.setOutputBufferSize(BUFFER);
        return http;
    }
}
