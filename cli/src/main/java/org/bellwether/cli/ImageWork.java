package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one transfer, over several connections at once: to the host that has the disk, or through the engine where
 * the host is not reached. What breaks is done again as long as the transfer is open, so that an agent, an engine or a
 * network that is away for a while costs time only.
 */
final class ImageWork {

    /** Of root alone, and in it a directory of each agent. */
    private static final Path AGENTS = Path.of("/run/bellwether-agent");

    private static final String SOCKET = "images";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int CONNECTIONS = 4;
    private static final long PAUSE_MILLIS = 500;
    private static final long SAID_NANOS = 200_000_000L;

    private final Session session;
    private final String transfer;
    private final Progress progress;
    private final SSLSocketFactory tls;
    private final List<URI> addresses;
    private final AtomicLong done = new AtomicLong();
    private final AtomicReference<Throwable> failed = new AtomicReference<>();
    private volatile URI address;
    private volatile @Nullable Path local;
    private long total;
    private long said;
    private int most = 1;

    /** Something to be sent or fetched, which may be done again. */
    interface Part {
        void with(ImageConnection connection) throws IOException;
    }

    /**
     * Finds the way to the bytes.
     *
     * @param transfer its path in the API
     * @param open the transfer as it is shown while it is open
     */
    ImageWork(Session session, String transfer, Entity open) {
        this.session = session;
        this.transfer = transfer;
        this.progress = session.progress();
        this.tls = session.engine().tls();
        var found = new ArrayList<URI>();
        open.find("transfer_url").map(URI::create).ifPresent(found::add);
        open.find("proxy_url")
                .map(URI::create)
                .filter(url -> !found.contains(url))
                .ifPresent(found::add);
        if (found.isEmpty()) {
            throw CommandFailure.refused(
                    0, "The engine opened the transfer but did not say where the bytes go. Try it again.");
        }
        this.addresses = List.copyOf(found);
        this.address = found.getFirst();
    }

    /** Asks what is possible, and takes the first way on which anybody answers. */
    void connect(boolean upload) {
        var options = Json.parse(atThisMachine().orElseGet(this::atItsAddress)).orElseGet(Json::object);
        most = Math.clamp(options.path(upload ? "max_writers" : "max_readers").asInt(1), 1, CONNECTIONS);
    }

    /** What an agent of this machine says, if it has the disk: any other does not know the ticket. Nothing is encrypted then. */
    private Optional<String> atThisMachine() {
        try (var agents = Files.list(AGENTS)) {
            for (var agent : agents.toList()) {
                var socket = agent.resolve(SOCKET);
                try (var connection = ImageConnection.local(address, socket)) {
                    var answer = connection.ask("OPTIONS", "");
                    local = socket;
                    return Optional.of(answer);
                } catch (IOException | CommandFailure another) {
                    // The next one, or none.
                }
            }
        } catch (IOException none) {
            // No agent runs here.
        }
        return Optional.empty();
    }

    private String atItsAddress() {
        String[] answer = {"{}"};
        once(connection -> {
            try {
                answer[0] = connection.ask("OPTIONS", "");
            } catch (CommandFailure untold) {
                if (!untold.notFound()) {
                    throw untold;
                }
            }
        });
        return answer[0];
    }

    /** Where there is something, if that is told. */
    Optional<JsonNode> extents(String query) {
        String[] answer = {""};
        once(connection -> {
            try {
                answer[0] = connection.ask("GET", "/extents" + query);
            } catch (CommandFailure untold) {
                if (!untold.notFound()) {
                    throw untold;
                }
            }
        });
        return Json.parse(answer[0]).filter(JsonNode::isArray);
    }

    /** One thing, with a connection of its own. */
    void once(Part part) {
        try (var worker = new Worker()) {
            worker.run(part);
        }
    }

    /** Says that this was all; an engine that is away for a while is waited for. */
    void finish() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                session.engine().post(transfer + "/finalize", Json.object());
                return;
            } catch (CommandFailure failure) {
                if (!failure.passing() || System.nanoTime() > deadline) {
                    throw failure;
                }
            }
            pause();
        }
    }

    void moved(long bytes, String verb) {
        long now = done.addAndGet(bytes);
        synchronized (this) {
            if (System.nanoTime() - said > SAID_NANOS) {
                said = System.nanoTime();
                progress.say(
                        total <= 0
                                ? verb + " " + size(now)
                                : "%s %s of %s (%d %%)".formatted(verb, size(now), size(total), 100 * now / total));
            }
        }
    }

    private static String size(long bytes) {
        return Text.size(OptionalLong.of(bytes));
    }

    /** All of it, in whatever order. */
    void all(long bytes, List<Part> parts) {
        total = bytes;
        var queue = new ConcurrentLinkedQueue<>(parts);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < Math.min(most, parts.size()); i++) {
            threads.add(Thread.ofPlatform().daemon().name("image-" + i).start(() -> work(queue)));
        }
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.inVain("Interrupted while bytes were on their way.");
        } finally {
            progress.clear();
        }
        switch (failed.get()) {
            case null -> {}
            case CommandFailure refused -> throw refused;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    private void work(ConcurrentLinkedQueue<Part> queue) {
        try (var worker = new Worker()) {
            for (var part = queue.poll(); part != null && failed.get() == null; part = queue.poll()) {
                worker.run(part);
            }
        } catch (RuntimeException e) { // whoever waits for all of it must hear of it
            failed.compareAndSet(null, e);
        }
    }

    /** One thread's connection, opened again when it breaks. */
    private final class Worker implements AutoCloseable {
        private @Nullable ImageConnection connection;

        void run(Part part) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                CommandFailure why;
                try {
                    part.with(connection());
                    return;
                } catch (SSLException e) {
                    why = CommandFailure.unreachable(
                            "The server at %s is not trusted: %s. Name the authority of that engine with --ca or BW_CA."
                                    .formatted(place(), String.valueOf(e.getMessage())),
                            e);
                    otherWay();
                } catch (IOException e) {
                    why = CommandFailure.unreachable(
                            "The connection to %s broke: %s."
                                    .formatted(place(), e.getMessage() == null ? e.toString() : e.getMessage()),
                            e);
                } catch (CommandFailure refused) {
                    why = refused;
                    if (!mayPass(refused)) {
                        throw refused;
                    }
                }
                close();
                if (System.nanoTime() > deadline || failed.get() != null) {
                    throw why;
                }
                requireOpen(why);
                pause();
            }
        }

        private ImageConnection connection() throws IOException {
            var now = connection;
            if (now == null || now.closed()) {
                now = open();
                connection = now;
            }
            return now;
        }

        private ImageConnection open() throws IOException {
            var here = local;
            if (here != null) {
                try {
                    return ImageConnection.local(address, here);
                } catch (IOException gone) {
                    local = null; // the agent starts anew; its port serves as well
                }
            }
            try {
                return ImageConnection.open(address, tls);
            } catch (IOException unreached) {
                otherWay();
                throw unreached;
            }
        }

        @Override
        public void close() {
            var now = connection;
            connection = null;
            if (now != null) {
                now.close();
            }
        }
    }

    private synchronized void otherWay() {
        address = addresses.get((addresses.indexOf(address) + 1) % addresses.size());
    }

    private String place() {
        return address.getScheme() + "://" + address.getRawAuthority();
    }

    /** While an agent or an engine starts anew, it does not know the ticket for a moment. */
    private static boolean mayPass(CommandFailure refused) {
        return refused.status() == 403 || refused.status() == 404 || refused.status() == 503;
    }

    /** A transfer that is over does not come back. */
    private void requireOpen(CommandFailure why) {
        try {
            var phase = session.engine().get(transfer).text("phase");
            switch (phase) {
                case "transferring", "resuming", "initializing" -> {}
                default -> {
                    new Outcome(session.engine()).requireNoFailure();
                    throw CommandFailure.refused(
                            0, why.sentence() + " The transfer is " + phase.replace('_', ' ') + ".");
                }
            }
        } catch (CommandFailure unheard) {
            if (!unheard.passing()) {
                throw unheard;
            }
        }
    }

    /** Runs over all that tells what it is of, in pieces that a connection can do again without much loss. */
    static void pieces(long start, long length, Consumer<long[]> piece) {
        for (long at = start; at < start + length; at += PIECE) {
            piece.accept(new long[] {at, Math.min(PIECE, start + length - at)});
        }
    }

    static final long PIECE = 16L << 20;

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.inVain("Interrupted while bytes were on their way.");
        }
    }
}
