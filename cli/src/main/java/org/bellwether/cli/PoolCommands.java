package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw pool …}. */
@Command(description = PoolCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class PoolCommands {

    static final String DESCRIPTION = "Pools of machines that are all alike, of which users take one.";

    private static final String POOL = "Its name or id.";

    private final Session session;

    PoolCommands(Session session) {
        this.session = session;
    }

    private Entity pool(String nameOrId) {
        return session.lookup().find(Kind.POOL, nameOrId);
    }

    @Command(description = "Lists pools.")
    void list() {
        var printer = session.printer();
        Map<String, String> templates =
                printer.asJson() ? Map.of() : session.lookup().names(Kind.TEMPLATE);
        printer.list(
                session.engine().list(Kind.POOL.path()),
                Column.of("NAME", "name"),
                Column.of("TYPE", "type"),
                Column.of("SIZE", "size"),
                Column.of("PRESTARTED", "prestarted_vms"),
                Column.of("PER USER", "max_user_vms"),
                new Column("TEMPLATE", each -> templates.getOrDefault(each.text("template.id"), "")));
    }

    @Command(description = "Shows a pool and its machines.")
    void show(@Parameters(paramLabel = "POOL", description = POOL) String name) {
        var pool = pool(name);
        var machines = session.engine().list(Kind.VM.path()).stream()
                .filter(vm -> vm.text("vm_pool.id").equals(pool.id()))
                .toList();
        session.printer()
                .show(
                        pool,
                        each -> new Sheet()
                                .line("Name", each.name())
                                .line("Id", each.id())
                                .line("Type", each.text("type"))
                                .line("Stateful", each.text("stateful"))
                                .line("Prestarted", each.text("prestarted_vms"))
                                .line("Machines per user", each.text("max_user_vms"))
                                .line(
                                        "Machines",
                                        String.join(
                                                ", ",
                                                machines.stream()
                                                        .map(vm -> vm.name() + " (" + vm.status() + ")")
                                                        .sorted()
                                                        .toList())));
    }

    @Command(description = "Makes a pool of machines from a template.")
    void create(
            @Parameters(
                            paramLabel = "NAME",
                            description = "Its name; question marks in it are the machines' numbers, such as desk-???.")
                    String name,
            @Option(
                            names = "--template",
                            paramLabel = "TEMPLATE",
                            required = true,
                            description = "What they are made from.")
                    String template,
            @Option(names = "--cluster", paramLabel = "CLUSTER", required = true, description = "Where they may run.")
                    String cluster,
            @Option(names = "--size", paramLabel = "NUMBER", defaultValue = "1", description = "How many machines.")
                    int size,
            @Option(
                            names = "--prestarted",
                            paramLabel = "NUMBER",
                            defaultValue = "0",
                            description = "How many run ahead of their users.")
                    int prestarted,
            @Option(
                            names = "--per-user",
                            paramLabel = "NUMBER",
                            defaultValue = "1",
                            description = "How many a user may have at once.")
                    int perUser,
            @Option(names = "--manual", description = "An administrator takes machines back, not the engine.")
                    boolean manual,
            @Option(names = "--stateful", description = "Keep what users write.") boolean stateful,
            @Mixin WaitOptions waiting) {
        ObjectNode pool = Json.object()
                .put("name", name)
                .put("size", Integer.toString(size))
                .put("prestarted_vms", Integer.toString(prestarted))
                .put("max_user_vms", Integer.toString(perUser))
                .put("type", manual ? "manual" : "automatic")
                .put("stateful", Boolean.toString(stateful));
        pool.set("template", Json.reference(template));
        pool.set("cluster", Json.reference(cluster));
        var made = session.engine().post(Kind.POOL.path(), pool);
        if (waiting.wait) {
            session.waiting(waiting).untilJobsEnd("the machines of " + made.name() + " to be made");
        }
        session.printer().done(made, "Pool " + made.name() + " is " + (waiting.wait ? "made" : "being made"));
    }

    @Command(description = "Changes a pool.")
    void update(
            @Parameters(paramLabel = "POOL", description = POOL) String name,
            @Option(names = "--size", paramLabel = "NUMBER", description = "More machines.") @Nullable Integer size,
            @Option(names = "--prestarted", paramLabel = "NUMBER", description = "How many run ahead.") @Nullable
                    Integer prestarted,
            @Option(names = "--per-user", paramLabel = "NUMBER", description = "How many a user may have.") @Nullable
                    Integer perUser,
            @Mixin WaitOptions waiting) {
        var pool = pool(name);
        ObjectNode change = Json.object();
        if (size != null) {
            change.put("size", size.toString());
        }
        if (prestarted != null) {
            change.put("prestarted_vms", prestarted.toString());
        }
        if (perUser != null) {
            change.put("max_user_vms", perUser.toString());
        }
        var changed = session.engine().put(Kind.POOL.path(pool), change);
        if (waiting.wait) {
            session.waiting(waiting).untilJobsEnd("the machines of " + pool.name() + " to be made");
        }
        session.printer().done(changed, "Pool " + changed.name() + " is changed");
    }

    @Command(description = "Takes a machine of a pool for yourself; it is started if it does not run.")
    void take(@Parameters(paramLabel = "POOL", description = POOL) String name, @Mixin WaitOptions waiting) {
        var pool = pool(name);
        var taken = session.engine().post(Kind.POOL.path(pool) + "/allocatevm", Json.object());
        var path = Kind.VM.path() + "/" + taken.text("vm.id");
        var vm = waiting.wait
                ? session.waiting(waiting).untilStatus(path, "the machine", "up")
                : session.engine().get(path);
        session.printer().done(vm, "Machine " + vm.name() + " of the pool " + pool.name() + " is yours");
    }

    @Command(description = "Makes a machine that is down one of its own.")
    void detach(@Parameters(paramLabel = "VM", description = "The machine's name or id.") String name) {
        var vm = session.lookup().find(Kind.VM, name);
        session.engine().post(Kind.VM.path(vm) + "/detach", Json.object());
        session.printer().done(vm, "Machine " + vm.name() + " belongs to no pool");
    }

    @Command(description = "Removes a pool with all its machines, which are down.")
    void remove(@Parameters(paramLabel = "POOL", description = POOL) String name, @Mixin WaitOptions waiting) {
        var pool = pool(name);
        session.engine().delete(Kind.POOL.path(pool));
        if (waiting.wait) {
            session.waiting(waiting).untilGone(Kind.POOL.path(pool), "pool " + pool.name());
        }
        session.printer().gone(pool, "Pool " + pool.name() + " is " + (waiting.wait ? "removed" : "being removed"));
    }
}
