package org.bellwether.cli;

import java.time.ZoneId;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw vm schedule …}. */
@Command(
        description = "What is to be done with a machine at times: start it, shut it down, take a snapshot.",
        synopsisSubcommandLabel = "COMMAND")
final class VmScheduleCommands {

    private static final String PATH = "/ovirt-engine/services/schedules/vms/";
    private static final String VM = "The machine's name or id.";

    private final Session session;

    VmScheduleCommands(Session session) {
        this.session = session;
    }

    private Entity vm(String nameOrId) {
        return session.lookup().find(Kind.VM, nameOrId);
    }

    @Command(
            description = "Lists a machine's schedules, when they are due next, and what became of them the last time.")
    void list(@Parameters(paramLabel = "VM", description = VM) String vm) {
        session.printer()
                .list(
                        session.engine().list(PATH + vm(vm).id()),
                        Column.of("NAME", "name"),
                        Column.of("ACTION", "action"),
                        new Column(
                                "WHEN",
                                each -> (each.text("date") + " " + each.text("days")).strip() + " " + each.text("times")
                                        + " " + each.text("zone")),
                        new Column(
                                "NEXT",
                                each -> each.time("next").map(Text::time).orElse("never")),
                        new Column(
                                "LAST",
                                each -> each.time("last").map(Text::time).orElse("")),
                        Column.of("OUTCOME", "outcome"));
    }

    @Command(
            description = "Has something done with a machine, once or again and again: bw vm schedule add web nightly"
                    + " snapshot --at 02:30 --keep 7")
    void add(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "NAME", description = "What the schedule is called.") String name,
            @Parameters(
                            paramLabel = "ACTION",
                            description = "start, shutdown (its guest is asked), stop (it is powered off) or snapshot.")
                    String action,
            @Option(
                            names = "--at",
                            required = true,
                            paramLabel = "TIMES",
                            description = "Times of the day, such as 07:30 or 08:00,12:00.")
                    String times,
            @Option(
                            names = "--on",
                            paramLabel = "DAYS",
                            description =
                                    "One date, such as 2027-01-31, or days of the week, such as mon,fri; every day"
                                            + " unless told.")
                    @Nullable
                    String on,
            @Option(
                            names = "--zone",
                            paramLabel = "ZONE",
                            description = "Where the clock hangs, such as Europe/Berlin; here unless told.")
                    @Nullable
                    String zone,
            @Option(
                            names = "--keep",
                            paramLabel = "NUMBER",
                            description = "How many of its snapshots are kept, at most 20; 3 unless told.")
                    @Nullable
                    Integer keep,
            @Option(
                            names = "--late",
                            paramLabel = "MINUTES",
                            description = "For how long it is still done after its time, when the engine was away then;"
                                    + " 15 unless told.")
                    @Nullable
                    Integer late) {
        var machine = vm(vm);
        var wish = Json.object()
                .put("name", name)
                .put("action", action)
                .put("times", times)
                .put("zone", zone == null ? ZoneId.systemDefault().getId() : zone);
        if (on != null) {
            wish.put(Character.isDigit(on.isEmpty() ? ' ' : on.charAt(0)) ? "date" : "days", on);
        }
        if (keep != null) {
            wish.put("keep", keep);
        }
        if (late != null) {
            wish.put("late_minutes", late);
        }
        var made = session.engine().post(PATH + machine.id(), wish);
        session.printer()
                .done(
                        made,
                        "The schedule " + name + " of machine " + machine.name() + " is due "
                                + made.time("next").map(Text::time).orElse("never"));
    }

    @Command(description = "Removes a schedule; the snapshots that it took stay.")
    void remove(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "NAME", description = "The schedule's name or id.") String name) {
        var machine = vm(vm);
        var found = session.engine().list(PATH + machine.id()).stream()
                .filter(each -> each.name().equals(name) || each.id().equals(name))
                .findFirst()
                .orElseThrow(() -> CommandFailure.refused(
                        404,
                        "Machine %s has no schedule called %s. See them with: bw vm schedule list %s"
                                .formatted(machine.name(), Text.clean(name), machine.name())));
        session.engine().delete(PATH + machine.id() + "/" + found.id());
        session.printer().done(found, "The schedule " + found.name() + " of machine " + machine.name() + " is removed");
    }
}
