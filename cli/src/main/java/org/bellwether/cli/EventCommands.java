package org.bellwether.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bellwether.cli.Printer.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bw event …}. */
@Command(description = EventCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class EventCommands {

    static final String DESCRIPTION = "What has happened.";

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Session session;

    EventCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists events, the newest last.")
    void list(
            @Option(
                            names = {"-f", "--follow"},
                            description = "Go on with what happens next, until it is interrupted.")
                    boolean follow,
            @Option(
                            names = {"-n", "--max"},
                            paramLabel = "NUMBER",
                            defaultValue = "50",
                            description = "How many at most; 50 unless told.")
                    int maximum) {
        if (maximum < 1) {
            throw CommandFailure.usage("--max takes a number above 0.");
        }
        var events = oldestFirst("/events?max=" + maximum);
        var printer = session.printer();
        if (!follow) {
            printer.list(
                    events,
                    new Column("TIME", EventCommands::time),
                    Column.of("SEVERITY", "severity"),
                    Column.of("CODE", "code"),
                    Column.of("EVENT", "description"));
            return;
        }
        follow(printer, events);
    }

    /** One event a line, as text or as JSON, so that a pipe can work on each as it comes. */
    private void follow(Printer printer, List<Entity> first) {
        long last = 0;
        var events = first;
        while (true) {
            for (var event : events) {
                printer.line(
                        printer.asJson()
                                ? Json.text(event.json())
                                : Text.clean("%s  %-7s  %s"
                                        .formatted(time(event), event.text("severity"), event.text("description"))));
                last = Math.max(last, event.number("id").orElse(0));
            }
            if (!printer.heard()) {
                return;
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            events = next(last);
        }
    }

    /** An engine that restarts is waited for: what happened meanwhile is read afterwards. */
    private List<Entity> next(long last) {
        try {
            return oldestFirst("/events?from=" + last);
        } catch (CommandFailure failure) {
            if (failure.passing()) {
                return List.of();
            }
            throw failure;
        }
    }

    private List<Entity> oldestFirst(String path) {
        List<Entity> events = new ArrayList<>(session.engine().list(path));
        return events.reversed();
    }

    private static String time(Entity event) {
        return event.time("time").map(Text::time).orElse("");
    }
}
