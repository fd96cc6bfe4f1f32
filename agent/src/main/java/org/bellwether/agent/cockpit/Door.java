package org.bellwether.agent.cockpit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.bellwether.agent.identity.LiveIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where browsers reach Cockpit with a ticket: HTTPS with this host's certificate, which is of the authority that they know from
 * the engine. So nobody between can take a ticket, and the web server behind it holds no key.
 */
final class Door implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Door.class);
    private static final int MOST = 64;
    private static final int HANDSHAKE_MILLIS = 10_000;

    private final SSLServerSocket listening;
    private final WebServer server;
    private final AtomicInteger open = new AtomicInteger();
    private volatile long lastUse = System.nanoTime();

    Door(String address, int port, LiveIdentity identity, WebServer server) throws IOException {
        this.server = server;
        this.listening =
                (SSLServerSocket) context(identity).getServerSocketFactory().createServerSocket();
        listening.setReuseAddress(true);
        listening.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        try {
            listening.bind(new InetSocketAddress(address, port));
        } catch (IOException e) {
            listening.close();
            throw e;
        }
        Thread.ofPlatform().daemon().name("cockpit-door").start(this::serve);
    }

    private static SSLContext context(LiveIdentity identity) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {identity}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("this host's certificate cannot be shown", e);
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    /** For how long nobody was here; negative while somebody is. */
    long idleNanos() {
        return open.get() > 0 ? -1 : System.nanoTime() - lastUse;
    }

    void used() {
        lastUse = System.nanoTime();
    }

    private void serve() {
        while (!listening.isClosed()) {
            try {
                SSLSocket caller = (SSLSocket) listening.accept();
                if (open.incrementAndGet() > MOST) {
                    open.decrementAndGet();
                    LOG.warn("more than {} connections to Cockpit: one is refused", MOST);
                    caller.close();
                    continue;
                }
                Thread.ofVirtual().name("cockpit-connection").start(() -> serve(caller));
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    LOG.warn("a connection to Cockpit was lost: {}", e.toString());
                }
            }
        }
    }

    private void serve(SSLSocket caller) {
        try (caller) {
            caller.setSoTimeout(HANDSHAKE_MILLIS);
            caller.startHandshake();
            caller.setSoTimeout(0);
            try (SocketChannel channel = server.connect()) {
                Pump.both(
                        caller.getInputStream(),
                        output(channel),
                        input(channel),
                        caller.getOutputStream(),
                        () -> end(caller, channel));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.info("a connection to Cockpit ended: {}", e.toString());
        } finally {
            used();
            open.decrementAndGet();
        }
    }

    private static void end(SSLSocket caller, SocketChannel channel) {
        try (channel;
                caller) {
            LOG.debug("one side of a connection to Cockpit has ended");
        } catch (IOException ended) {
            // So it was over.
        }
    }

    /** The library's streams of a channel may not read while they write. */
    private static InputStream input(SocketChannel channel) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                return channel.read(ByteBuffer.wrap(bytes, from, length));
            }
        };
    }

    private static OutputStream output(SocketChannel channel) {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                ByteBuffer rest = ByteBuffer.wrap(bytes, from, length);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
            }
        };
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
