package org.bellwether.agent.transfer;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultHttpContent;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultHttpResponse;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpContent;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderNames;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpRequest;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpResponseStatus;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpUtil;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpVersion;
import io.grpc.netty.shaded.io.netty.handler.codec.http.LastHttpContent;
import io.grpc.netty.shaded.io.netty.handler.timeout.IdleStateEvent;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bellwether.agent.platform.Lanes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection. Netty's threads only move bytes between socket and queue; what may hang with the storage is
 * done by one thread of the lanes per request. Nothing more is read from a client than that thread has room for.
 */
final class TransferConnection extends ChannelInboundHandlerAdapter implements Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(TransferConnection.class);
    /** Bytes that a client may be ahead of the storage; as many more may come at one look at the socket. */
    static final int READ_AHEAD = 512 * 1024;
    /** Bytes that are worth waking a thread for while more are coming. */
    private static final int WORTH_WAKING = 128 * 1024;

    private static final int SILENCE_SECONDS = 60;
    /** Stands in the queue for a client that has gone. */
    private static final Object GONE = new Object();

    private final Transfers transfers;
    private final Lanes lanes;
    private final LinkedBlockingQueue<Object> inbox = new LinkedBlockingQueue<>();
    private final AtomicLong waiting = new AtomicLong();
    /** Touched by Netty's thread only: what came and was not handed on yet. */
    private List<HttpContent> arrived = new ArrayList<>();

    private int arrivedBytes;
    /** Touched by the thread of the lanes only. */
    private final ArrayDeque<HttpContent> handed = new ArrayDeque<>();

    private @Nullable Channel channel;
    private @Nullable HttpRequest request;
    private boolean bodyEnded;
    private boolean answered;
    private @Nullable ByteBuf rest;
    private @Nullable ChannelFuture lastWrite;

    TransferConnection(Transfers transfers, Lanes lanes) {
        this.transfers = transfers;
        this.lanes = lanes;
    }

    // --- on Netty's threads ------------------------------------------------------------------------------------------

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest begun) {
            try {
                lanes.threads().execute(() -> serve(begun));
            } catch (RejectedExecutionException e) {
                context.close(); // the agent is stopping
            }
        }
        if (message instanceof HttpContent content) {
            int bytes = content.content().readableBytes();
            waiting.addAndGet(bytes);
            arrivedBytes += bytes;
            arrived.add(content);
            if (arrivedBytes >= WORTH_WAKING || content instanceof LastHttpContent) {
                handOn();
            }
        }
    }

    /** Not one by one: bytes come in pieces of 16 kB, and waking a thread costs more than they do. */
    private void handOn() {
        if (!arrived.isEmpty()) {
            inbox.add(arrived);
            arrived = new ArrayList<>();
            arrivedBytes = 0;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        handOn();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        handOn();
        inbox.add(GONE);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("a client of transfers went away: {}", cause.toString());
        context.close();
    }

    // --- on a thread of the lanes ------------------------------------------------------------------------------------

    private void serve(HttpRequest begun) {
        request = begun;
        bodyEnded = false;
        answered = false;
        lastWrite = null;
        boolean whole = false;
        try {
            if (begun.decoderResult().isFailure()) {
                throw new Denied(400, "This is no HTTP request");
            }
            new TransferRequests(transfers, this).answer();
            whole = true;
        } catch (Denied denied) {
            whole = deny(denied);
        } catch (IOException | RuntimeException e) { // the client must hear of whatever failed
            LOG.warn("a request of a transfer failed: {}", e.toString());
            whole = deny(new Denied(500, "The storage failed: " + e.getMessage()));
        } finally {
            ByteBuf left = rest;
            rest = null;
            ReferenceCountUtil.release(left);
            if (whole && bodyEnded && HttpUtil.isKeepAlive(begun)) {
                open().read();
            } else {
                finish();
            }
        }
    }

    private void finish() {
        ChannelFuture last = lastWrite;
        if (last == null) {
            open().close();
        } else {
            last.addListener(written -> open().close());
        }
        handed.forEach(ReferenceCountUtil::release);
        handed.clear();
        for (Object left = inbox.poll(); left != null; left = inbox.poll()) {
            if (left instanceof List<?> pieces) {
                pieces.forEach(ReferenceCountUtil::release);
            }
        }
    }

    /** An answer that was begun cannot be taken back: the connection is cut, which the client sees. */
    private boolean deny(Denied denied) {
        if (answered) {
            return false;
        }
        try {
            reply(denied.status(), "text/plain; charset=UTF-8", denied.getMessage() + "\n", Map.of());
            // Many clients look at an answer only when they have sent everything: a little is read and thrown away.
            ByteBuffer bin = ByteBuffer.allocate(READ_AHEAD);
            for (int taken = 0; taken < 16 && !bodyEnded; taken++) {
                take(bin.clear());
            }
            return bodyEnded;
        } catch (IOException gone) {
            return false;
        }
    }

    private Channel open() {
        Channel now = channel;
        if (now == null) {
            throw new IllegalStateException("not connected yet");
        }
        return now;
    }

    private HttpRequest asked() {
        HttpRequest now = request;
        if (now == null) {
            throw new IllegalStateException("nothing was asked yet");
        }
        return now;
    }

    @Override
    public String method() {
        return asked().method().name();
    }

    @Override
    public String target() {
        return asked().uri();
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(asked().headers().get(name));
    }

    @Override
    public void welcome() {
        if (HttpUtil.is100ContinueExpected(asked())) {
            open().writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
    }

    @Override
    public void take(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            ByteBuf piece = rest;
            if (piece == null) {
                if (bodyEnded) {
                    return;
                }
                piece = next();
                rest = piece;
            }
            int count = Math.min(piece.readableBytes(), into.remaining());
            piece.readBytes(into.slice(into.position(), count));
            into.position(into.position() + count);
            if (!piece.isReadable()) {
                rest = null;
                piece.release();
            }
        }
    }

    private ByteBuf next() throws IOException {
        if (handed.isEmpty()) {
            fetch();
        }
        HttpContent content = handed.remove();
        waiting.addAndGet(-content.content().readableBytes());
        if (content.decoderResult().isFailure()) {
            content.release();
            throw new IOException("the request's body cannot be read");
        }
        bodyEnded = content instanceof LastHttpContent;
        return content.content();
    }

    private void fetch() throws IOException {
        Object next = inbox.poll();
        if (waiting.get() < READ_AHEAD) {
            open().read();
        }
        try {
            next = next == null ? inbox.poll(SILENCE_SECONDS, TimeUnit.SECONDS) : next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!(next instanceof List<?> pieces)) {
            throw new IOException(next == null ? "the client sends nothing more" : "the client went away");
        }
        pieces.forEach(piece -> handed.add((HttpContent) piece));
    }

    @Override
    public void reply(int status, String type, String text, Map<String, String> headers) {
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status),
                Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
        response.headers()
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        headers.forEach((name, value) -> response.headers().set(name, value));
        answered = true;
        lastWrite = open().writeAndFlush(response);
    }

    @Override
    public void begin(int status, long length, Map<String, String> headers) {
        DefaultHttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/octet-stream");
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
        headers.forEach((name, value) -> response.headers().set(name, value));
        answered = true;
        lastWrite = open().writeAndFlush(response);
    }

    @Override
    public Sent give(ByteBuffer bytes) {
        ChannelFuture written = open().writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
        lastWrite = written;
        return () -> {
            try {
                if (!written.await(SILENCE_SECONDS, TimeUnit.SECONDS) || !written.isSuccess()) {
                    throw new IOException("the client takes nothing more");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the agent is stopping", e);
            }
        };
    }

    @Override
    public void end() {
        lastWrite = open().writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }
}
