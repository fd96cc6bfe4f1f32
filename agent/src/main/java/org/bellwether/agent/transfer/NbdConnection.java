package org.bellwether.agent.transfer;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection to an NBD server on this host, for one thread at a time. Numbers and messages are those of the NBD
 * project's doc/proto.md: newstyle handshake, structured replies, meta contexts.
 */
final class NbdConnection implements AutoCloseable {
    static final String ALLOCATION = "base:allocation";
    static final String DIRTY_BITMAP = "qemu:dirty-bitmap:";
    static final int ZERO = 2;
    static final int DIRTY = 1;

    private static final long MAGIC = 0x4e42444d41474943L;
    private static final long OPTION_MAGIC = 0x49484156454F5054L;
    private static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
    private static final int FIXED_NEWSTYLE_NO_ZEROES = 3;
    private static final int OPTION_GO = 7;
    private static final int OPTION_STRUCTURED = 8;
    private static final int OPTION_SET_CONTEXT = 10;
    private static final int REPLY_ACK = 1;
    private static final int REPLY_INFO = 3;
    private static final int REPLY_CONTEXT = 4;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int SIMPLE_MAGIC = 0x67446698;
    private static final int STRUCTURED_MAGIC = 0x668e33ef;
    private static final int DONE = 1;
    private static final int CHUNK_DATA = 1;
    private static final int CHUNK_HOLE = 2;
    private static final int CHUNK_STATUS = 5;
    private static final int CHUNK_ERROR = 0x8000;
    private static final int MOST_CHUNK = 64 << 20;
    private static final int SKIPPED = 64 * 1024;
    private static final long MOST_STATUS = 1L << 30;

    /** A request of the protocol. */
    private enum Command {
        READ(0),
        WRITE(1),
        DISCONNECT(2),
        FLUSH(3),
        WRITE_ZEROES(6),
        BLOCK_STATUS(7);

        private final int number;

        Command(int number) {
            this.number = number;
        }
    }

    /** A run as a meta context describes it. */
    record Status(long length, int flags) {}

    private final SocketChannel socket;
    private final ByteBuffer head = ByteBuffer.allocateDirect(4096);
    private long size;
    private int context = -1;
    private long handle;

    private NbdConnection(SocketChannel socket) {
        this.socket = socket;
    }

    /**
     * Connects to an export.
     *
     * @param metaContext what {@link #status} tells of
     * @throws IOException in words when there is no such export or context
     */
    static NbdConnection open(Path path, String export, String metaContext) throws IOException {
        SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
        try {
            NbdConnection connection = new NbdConnection(socket);
            connection.shakeHands(export, metaContext);
            return connection;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    long size() {
        return size;
    }

    private void shakeHands(String export, String metaContext) throws IOException {
        receive(18);
        if (head.getLong() != MAGIC || head.getLong() != OPTION_MAGIC) {
            throw new IOException("the server does not speak NBD as expected");
        }
        send(ByteBuffer.allocate(4).putInt(FIXED_NEWSTYLE_NO_ZEROES).flip());
        option(OPTION_STRUCTURED, ByteBuffer.allocate(0));
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        byte[] wanted = metaContext.getBytes(StandardCharsets.UTF_8);
        option(
                OPTION_SET_CONTEXT,
                ByteBuffer.allocate(12 + name.length + wanted.length)
                        .putInt(name.length)
                        .put(name)
                        .putInt(1)
                        .putInt(wanted.length)
                        .put(wanted)
                        .flip());
        if (context < 0) {
            throw new IOException("the server does not tell of " + metaContext);
        }
        option(
                OPTION_GO,
                ByteBuffer.allocate(6 + name.length)
                        .putInt(name.length)
                        .put(name)
                        .putShort((short) 0)
                        .flip());
    }

    private void option(int option, ByteBuffer data) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(16 + data.remaining())
                .putLong(OPTION_MAGIC)
                .putInt(option)
                .putInt(data.remaining())
                .put(data);
        send(message.flip());
        while (true) {
            receive(20);
            if (head.getLong() != OPTION_REPLY_MAGIC || head.getInt() != option) {
                throw new IOException("the NBD server answered something else");
            }
            int type = head.getInt();
            int length = head.getInt();
            if (length < 0 || length > head.capacity()) {
                throw new IOException("the NBD server answered " + length + " bytes to an option");
            }
            receive(length);
            if (type == REPLY_ACK) {
                return;
            }
            if (type < 0) {
                throw new IOException("the NBD server refused: "
                        + StandardCharsets.UTF_8.decode(head).toString().strip() + " (" + (type & 0xffff) + ")");
            }
            if (type == REPLY_INFO && head.remaining() >= 10 && head.getShort() == 0) {
                size = head.getLong();
            } else if (type == REPLY_CONTEXT) {
                context = head.getInt();
            }
        }
    }

    void read(ByteBuffer into, long offset) throws IOException {
        int base = into.position();
        int length = into.remaining();
        request(Command.READ, offset, length, ByteBuffer.allocate(0));
        answer((type, bytes) -> {
            long at = head.getLong();
            int from = Math.toIntExact(at - offset);
            if (from < 0 || from > length) {
                throw new IOException("the NBD server sent bytes that were not asked for");
            }
            if (type == CHUNK_DATA) {
                int count = bytes - Long.BYTES;
                if (count > length - from) {
                    throw new IOException("the NBD server sent more than was asked for");
                }
                fill(into.slice(base + from, count));
            } else if (type == CHUNK_HOLE) {
                int count = head.getInt();
                if (count < 0 || count > length - from) {
                    throw new IOException("the NBD server told a hole that was not asked for");
                }
                zeroes(into.slice(base + from, count));
            }
        });
        into.position(base + length);
    }

    private static void zeroes(ByteBuffer place) {
        while (place.remaining() >= Long.BYTES) {
            place.putLong(0);
        }
        while (place.hasRemaining()) {
            place.put((byte) 0);
        }
    }

    void write(ByteBuffer from, long offset) throws IOException {
        request(Command.WRITE, offset, from.remaining(), from);
        answer((type, bytes) -> {});
    }

    void zero(long offset, int length) throws IOException {
        request(Command.WRITE_ZEROES, offset, length, ByteBuffer.allocate(0));
        answer((type, bytes) -> {});
    }

    void flush() throws IOException {
        request(Command.FLUSH, 0, 0, ByteBuffer.allocate(0));
        answer((type, bytes) -> {});
    }

    /** The runs from {@code offset} on; at least one, perhaps not all of the length asked for. */
    List<Status> status(long offset, long length) throws IOException {
        List<Status> runs = new ArrayList<>();
        request(Command.BLOCK_STATUS, offset, (int) Math.min(length, MOST_STATUS), ByteBuffer.allocate(0));
        answer((type, bytes) -> {
            if (type != CHUNK_STATUS) {
                return;
            }
            boolean ours = head.getInt() == context;
            ByteBuffer all = ByteBuffer.allocate(bytes - Integer.BYTES);
            fill(all);
            all.flip();
            while (ours && all.remaining() >= 8) {
                runs.add(new Status(Integer.toUnsignedLong(all.getInt()), all.getInt()));
            }
        });
        if (runs.isEmpty()) {
            throw new IOException("the NBD server told nothing of " + length + " bytes at " + offset);
        }
        return runs;
    }

    private void request(Command command, long offset, int length, ByteBuffer data) throws IOException {
        handle++;
        head.clear()
                .putInt(REQUEST_MAGIC)
                .putShort((short) 0)
                .putShort((short) command.number)
                .putLong(handle)
                .putLong(offset)
                .putInt(length);
        send(head.flip());
        send(data);
    }

    private interface Chunk {
        /** Takes a chunk; {@code head} holds its first numbers, as far as its type has them. */
        void take(int type, int bytes) throws IOException;
    }

    private void answer(Chunk chunk) throws IOException {
        while (true) {
            receive(4);
            int magic = head.getInt();
            if (magic == SIMPLE_MAGIC) {
                receive(12);
                int error = head.getInt();
                if (error != 0) {
                    throw new IOException("the NBD server answered error " + error);
                }
                return;
            }
            if (magic != STRUCTURED_MAGIC) {
                throw new IOException("the NBD server answered something else");
            }
            receive(16);
            int flags = head.getShort();
            int type = Short.toUnsignedInt(head.getShort());
            if (head.getLong() != handle) {
                throw new IOException("the NBD server answered another request");
            }
            int length = head.getInt();
            if (length < 0 || length > MOST_CHUNK) {
                throw new IOException("the NBD server announced " + length + " bytes");
            }
            if ((type & CHUNK_ERROR) != 0) {
                throw error(length);
            }
            int numbers = switch (type) {
                case CHUNK_DATA -> Long.BYTES;
                case CHUNK_HOLE -> Long.BYTES + Integer.BYTES;
                case CHUNK_STATUS -> Integer.BYTES;
                default -> 0;
            };
            if (numbers > 0) {
                receive(numbers);
                chunk.take(type, length);
            } else {
                skip(length);
            }
            if ((flags & DONE) != 0) {
                return;
            }
        }
    }

    private IOException error(int length) throws IOException {
        receive(Math.min(length, head.capacity()));
        int number = head.getInt();
        int words = Math.min(Short.toUnsignedInt(head.getShort()), head.remaining());
        String text = StandardCharsets.UTF_8
                .decode(head.limit(head.position() + words))
                .toString();
        return new IOException((text.isBlank() ? "the NBD server answered an error" : text) + " (" + number + ")");
    }

    private void skip(int length) throws IOException {
        for (int left = length; left > 0; left -= SKIPPED) {
            fill(ByteBuffer.allocate(Math.min(left, SKIPPED)));
        }
    }

    private void receive(int length) throws IOException {
        head.clear().limit(length);
        fill(head);
        head.flip();
    }

    private void fill(ByteBuffer place) throws IOException {
        while (place.hasRemaining()) {
            if (socket.read(place) < 0) {
                throw new EOFException("the NBD server has ended");
            }
        }
    }

    private void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        try (socket) {
            if (socket.isConnected()) {
                request(Command.DISCONNECT, 0, 0, ByteBuffer.allocate(0));
            }
        }
    }
}
