package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Brings a disk's content into a file, which is there whole or not at all, and has holes where the disk has zeroes. */
final class DiskDownload {

    private final Session session;
    private final WaitOptions waiting;

    DiskDownload(Session session, WaitOptions waiting) {
        this.session = session;
        this.waiting = waiting;
    }

    /** @param format raw for what a guest sees; empty: the disk's own */
    void download(Entity disk, Path file, Optional<String> format) {
        if (Files.exists(file)) {
            throw CommandFailure.usage("%s is there already: give another name, or take it away.".formatted(file));
        }
        var engine = session.engine();
        ObjectNode wish = Json.object().put("direction", "download");
        wish.putObject("disk").put("id", disk.id());
        format.ifPresent(each -> wish.put("format", each));
        var transfer = "/imagetransfers/" + engine.post("/imagetransfers", wish).id();
        var part = file.resolveSibling(file.getFileName() + ".part");
        try {
            var open = session.waiting(waiting)
                    .until(
                            transfer,
                            "the engine to give the bytes of " + disk.name(),
                            each -> each.text("phase").equals("transferring"));
            var work = new ImageWork(session, transfer, open);
            ImageFetch.into(work, part, false);
            work.finish();
            session.waiting(waiting).untilJobsEnd("the download of " + disk.name() + " to be complete");
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (CommandFailure failure) {
            giveUp(transfer, part);
            throw failure;
        } catch (IOException e) {
            giveUp(transfer, part);
            throw CommandFailure.refused(0, "The file %s cannot be written: %s.".formatted(file, e.getMessage()));
        }
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
