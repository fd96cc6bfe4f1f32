package org.bellwether.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** A socket as a host's agent has it for transfers; it answers everything with one status. */
final class HostSocket implements AutoCloseable {

    private final Path path;
    private final int status;
    private final ServerSocketChannel server;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    HostSocket(int status) throws IOException {
        this.status = status;
        var directory = Path.of("/run/bellwether-agent", "test-" + UUID.randomUUID());
        path = Files.createDirectories(directory).resolve("images");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /** Nobody listens any more, and the socket stays. */
    void dies() throws IOException {
        server.close();
    }

    /** Methods and targets, in the order in which they came. */
    List<String> asked() {
        return asked;
    }

    /** What was put. */
    synchronized byte[] body() {
        return body.toByteArray();
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                var client = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            var in = new BufferedInputStream(Channels.newInputStream(client));
            for (var line = line(in); !line.isEmpty(); line = line(in)) {
                var words = line.split(" ", 3);
                int length = 0;
                for (var header = line(in); !header.isEmpty(); header = line(in)) {
                    if (header.startsWith("Content-Length: ")) {
                        length = Integer.parseInt(header.substring("Content-Length: ".length()));
                    }
                }
                keep(words[0], words[1], in.readNBytes(length));
                var answer = "HTTP/1.1 " + status + " As told\r\nContent-Length: 2\r\n\r\n{}";
                client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (IOException gone) {
            // The client has closed its connection.
        }
    }

    private synchronized void keep(String method, String target, byte[] bytes) {
        asked.add(method + " " + target);
        if (method.equals("PUT")) {
            body.writeBytes(bytes);
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.delete(path);
        Files.delete(path.getParent());
    }
}
