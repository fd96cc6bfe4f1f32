package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/** Brings a disk's content into a file, which is there whole or not at all, and has holes where the disk has zeroes. */
final class DiskDownload {

    private static final int PIECE = 64 * 1024;

    private final Session session;
    private final WaitOptions waiting;
    private final Progress progress;
    private long said;

    DiskDownload(Session session, WaitOptions waiting) {
        this.session = session;
        this.waiting = waiting;
        this.progress = session.progress();
    }

    void download(Entity disk, Path file) {
        if (Files.exists(file)) {
            throw CommandFailure.usage("%s is there already: give another name, or take it away.".formatted(file));
        }
        var engine = session.engine();
        ObjectNode wish = Json.object().put("direction", "download");
        wish.putObject("disk").put("id", disk.id());
        var transfer = "/imagetransfers/" + engine.post("/imagetransfers", wish).id();
        var part = file.resolveSibling(file.getFileName() + ".part");
        try {
            var open = session.waiting(waiting)
                    .until(
                            transfer,
                            "the engine to give the bytes of " + disk.name(),
                            each -> each.text("phase").equals("transferring"));
            fetch(address(open), part);
            engine.post(transfer + "/finalize", Json.object());
            session.waiting(waiting).untilJobsEnd("the download of " + disk.name() + " to be complete");
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (CommandFailure failure) {
            giveUp(transfer, part);
            throw failure;
        } catch (IOException e) {
            giveUp(transfer, part);
            throw CommandFailure.refused(0, "The file %s cannot be written: %s.".formatted(file, e.getMessage()));
        } finally {
            progress.clear();
        }
    }

    private static URI address(Entity transfer) {
        return transfer.find("transfer_url")
                .or(() -> transfer.find("proxy_url"))
                .map(URI::create)
                .orElseThrow(() -> CommandFailure.refused(
                        0, "The engine opened the transfer but did not say where the bytes are. Try it again."));
    }

    /** Only what is not zero, if the engine tells what that is; else all of it. */
    private void fetch(URI address, Path part) throws IOException {
        var engine = session.engine();
        var map = engine.beside(URI.create(address + "/extents")).filter(JsonNode::isArray);
        try (var out = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            long end = 0;
            if (map.isEmpty()) {
                long[] length = {0};
                engine.download(address, bytes -> length[0] = write(bytes, out, 0));
                end = length[0];
            } else {
                for (var extent : map.get()) {
                    long start = extent.path("start").asLong();
                    long length = extent.path("length").asLong();
                    end = start + length;
                    if (!extent.path("zero").asBoolean()) {
                        engine.download(address, start, length, bytes -> write(bytes, out, start));
                    }
                }
            }
            if (end > out.size()) {
                // What ends with a hole still has its length: one byte at its end makes it so.
                out.write(ByteBuffer.allocate(1), end - 1);
            }
            out.force(true);
        }
    }

    /** @return where it ended */
    private long write(InputStream bytes, FileChannel out, long from) throws IOException {
        long at = from;
        for (var piece = bytes.readNBytes(PIECE); piece.length > 0; piece = bytes.readNBytes(PIECE)) {
            if (!zero(piece)) {
                var buffer = ByteBuffer.wrap(piece);
                long to = at;
                while (buffer.hasRemaining()) {
                    to += out.write(buffer, to);
                }
            }
            at += piece.length;
            if (System.nanoTime() - said > 200_000_000L) {
                said = System.nanoTime();
                progress.say("fetched %s".formatted(Text.size(OptionalLong.of(at))));
            }
        }
        return at;
    }

    private static boolean zero(byte[] piece) {
        for (byte each : piece) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    private void giveUp(String transfer, Path part) {
        try {
            Files.deleteIfExists(part);
            session.engine().post(transfer + "/cancel", Json.object());
        } catch (CommandFailure | IOException unheard) {
            // The first failure is what people must know; a transfer without bytes is given up by the engine itself.
        }
    }
}
