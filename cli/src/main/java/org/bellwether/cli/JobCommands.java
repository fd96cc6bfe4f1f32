package org.bellwether.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import org.bellwether.cli.Printer.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bw job …}. */
@Command(description = JobCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class JobCommands {

    static final String DESCRIPTION = "What the engine is doing and has done, step by step.";

    private final Session session;

    JobCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists jobs, the newest first.")
    void list() {
        session.printer()
                .list(
                        session.engine().list("/jobs"),
                        Column.of("STATUS", "status"),
                        new Column("BEGUN", job -> begun(job, "start_time")),
                        new Column("TOOK", JobCommands::took),
                        Column.of("BY", "owner.name"),
                        Column.of("JOB", "description"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Shows a job and its steps.")
    void show(@Parameters(paramLabel = "JOB", description = "Its id.") String id) {
        if (!Json.isId(id)) {
            throw CommandFailure.usage("'" + Text.clean(id) + "' is no id of a job. See them with: bw job list");
        }
        var found = session.engine().get("/jobs/" + id + "?follow=steps");
        session.printer()
                .show(
                        found,
                        job -> new Sheet()
                                .line("Job", job.text("description"))
                                .line("Id", job.id())
                                .line("Status", job.status())
                                .line("Asked by", job.text("owner.name"))
                                .line("Begun", begun(job, "start_time"))
                                .line("Took", took(job))
                                .section(
                                        "Steps",
                                        Printer.table(
                                                job.list("steps").stream()
                                                        .sorted(Comparator.comparingLong(step -> step.number("number")
                                                                .orElse(0)))
                                                        .toList(),
                                                Column.of("STATUS", "status"),
                                                new Column("TOOK", JobCommands::took),
                                                Column.of("STEP", "description"))));
    }

    private static String begun(Entity entity, String path) {
        return entity.time(path).map(Text::time).orElse("");
    }

    /** Until now, while it goes on. */
    private static String took(Entity entity) {
        return entity.time("start_time")
                .map(start -> Duration.between(start, entity.time("end_time").orElseGet(Instant::now)))
                .map(Text::seconds)
                .orElse("");
    }
}
