package org.bellwether.cli;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One connection to where a disk's bytes are, for one thread: HTTP/1.1 as plain as it gets, because bytes go through it
 * by the gigabyte and Java's own client copies each several times. The address itself is the permission.
 */
final class ImageConnection implements AutoCloseable {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_MILLIS = 600_000;
    private static final int BUFFER = 256 * 1024;
    private static final int MOST_WORDS = 64 * 1024;
    private static final int LONGEST_LINE = 8192;

    private final URI address;
    private final Closeable socket;
    private final InputStream in;
    private final OutputStream out;
    /** What the kernel can send a file to by itself; null where bytes are encrypted here. */
    private final @Nullable SocketChannel direct;

    private boolean closed;

    private ImageConnection(URI address, Socket socket) throws IOException {
        this(address, socket, socket.getInputStream(), socket.getOutputStream(), null);
    }

    private ImageConnection(
            URI address, Closeable socket, InputStream in, OutputStream out, @Nullable SocketChannel direct) {
        this.address = address;
        this.socket = socket;
        this.in = new BufferedInputStream(in, BUFFER);
        this.out = out;
        this.direct = direct;
    }

    /** To a host's socket on that host itself, where nothing needs to be encrypted. */
    static ImageConnection local(URI address, Path socket) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new ImageConnection(
                    address, channel, Channels.newInputStream(channel), Channels.newOutputStream(channel), channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** @param tls trusts whoever serves the bytes */
    static ImageConnection open(URI address, SSLSocketFactory tls) throws IOException {
        boolean secure = address.getScheme().equals("https");
        int port = address.getPort() >= 0 ? address.getPort() : secure ? 443 : 80;
        var name = address.getHost();
        var plain = new Socket();
        try {
            plain.connect(
                    new InetSocketAddress(name.startsWith("[") ? name.substring(1, name.length() - 1) : name, port),
                    CONNECT_MILLIS);
            plain.setTcpNoDelay(true);
            plain.setSoTimeout(ANSWER_MILLIS);
            if (!secure) {
                return new ImageConnection(address, plain);
            }
            var socket = (SSLSocket) tls.createSocket(plain, name, port, true);
            var parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new ImageConnection(address, socket);
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    /** Takes an answer's body. */
    interface Taking {
        void take(InputStream bytes) throws IOException;
    }

    /**
     * Sends a part of a file to the same place in the disk.
     *
     * @param name the file's, for people
     */
    void put(Path name, FileChannel file, long offset, long length) throws IOException {
        head("PUT", "?flush=n", "Content-Range: bytes " + offset + "-" + (offset + length - 1) + "/*\r\n", length);
        var buffer = new byte[direct == null ? BUFFER : 0];
        for (long at = offset; at < offset + length; ) {
            long left = offset + length - at;
            long count = direct == null ? copy(file, at, buffer, left) : file.transferTo(at, left, direct);
            if (count <= 0) {
                throw CommandFailure.usage("The file " + name + " became shorter while it was sent.");
            }
            at += count;
        }
        out.flush();
        text();
    }

    private int copy(FileChannel file, long at, byte[] buffer, long most) throws IOException {
        int count = file.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, most)), at);
        if (count > 0) {
            out.write(buffer, 0, count);
        }
        return count;
    }

    /** Has a run of bytes be zero without sending them. */
    void zero(long offset, long length) throws IOException {
        patch("{\"op\":\"zero\",\"offset\":" + offset + ",\"size\":" + length + "}");
    }

    void flush() throws IOException {
        patch("{\"op\":\"flush\"}");
    }

    private void patch(String wish) throws IOException {
        var bytes = wish.getBytes(StandardCharsets.US_ASCII);
        head("PATCH", "", "Content-Type: application/json\r\n", bytes.length);
        out.write(bytes);
        out.flush();
        text();
    }

    /** Fetches a part; its end is the disk's if it has no length. */
    void get(long offset, long length, Taking taking) throws IOException {
        var last = length < 0 ? "" : Long.toString(offset + length - 1);
        head("GET", "", length < 0 && offset == 0 ? "" : "Range: bytes=" + offset + "-" + last + "\r\n", 0);
        out.flush();
        receive(taking);
    }

    /** What is told beside the bytes. */
    String ask(String method, String suffix) throws IOException {
        head(method, suffix, "", 0);
        out.flush();
        return text();
    }

    private void head(String method, String suffix, String headers, long length) throws IOException {
        var authority = address.getRawAuthority();
        out.write((method + " " + address.getRawPath() + suffix + " HTTP/1.1\r\nHost: " + authority + "\r\n" + headers
                        + (length > 0 || !method.equals("GET") ? "Content-Length: " + length + "\r\n" : "") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    }

    private String text() throws IOException {
        var text = new String[1];
        receive(bytes -> text[0] = new String(bytes.readAllBytes(), StandardCharsets.UTF_8));
        return text[0];
    }

    private void receive(Taking taking) throws IOException {
        int status = status();
        var headers = headers();
        var body = new AnswerBody(in, headers);
        if (status / 100 != 2) {
            var words = new String(body.readNBytes(MOST_WORDS), StandardCharsets.UTF_8);
            throw refused(status, words);
        }
        taking.take(body);
        if (body.read() >= 0) {
            throw new IOException("more bytes came than were asked for");
        }
        if (Optional.ofNullable(headers.get("connection"))
                .filter("close"::equalsIgnoreCase)
                .isPresent()) {
            close();
        }
    }

    boolean closed() {
        return closed;
    }

    private int status() throws IOException {
        var words = line().split(" ", 3);
        while (words.length > 1 && words[1].equals("100")) {
            headers();
            words = line().split(" ", 3);
        }
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("\\d{3}")) {
            throw new IOException("what answers does not speak HTTP");
        }
        return Integer.parseInt(words[1]);
    }

    private Map<String, String> headers() throws IOException {
        var headers = new HashMap<String, String>();
        for (var line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return headers;
    }

    private String line() throws IOException {
        return line(in);
    }

    static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection was closed");
            }
            if (line.length() > LONGEST_LINE) {
                throw new IOException("what answers does not speak HTTP");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    /** The hosts say plain words, the engine says faults. */
    private CommandFailure refused(int status, String words) {
        boolean fault = words.stripLeading().startsWith("{");
        return fault || words.isBlank() || words.length() > LONGEST_LINE
                ? Refusals.of(new EngineClient.Answer(status, words), address.resolve("/"))
                : CommandFailure.refused(status, Text.sentence(Text.clean(words.strip())));
    }

    @Override
    public void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException gone) {
            // It is not used any more.
        }
    }
}
