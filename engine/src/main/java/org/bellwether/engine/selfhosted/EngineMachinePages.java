package org.bellwether.engine.selfhosted;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.ServiceCall;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.vm.Vm;
import org.bellwether.engine.vm.Vms;
import org.bellwether.protocol.KeeperMaintenance;
import org.bellwether.protocol.KeeperState;

/**
 * The engine's machine, for administrators: an addition to the API.
 *
 * <pre>
 * GET    /ovirt-engine/services/engine-machine   where it is and how each host could run it
 * POST   /ovirt-engine/services/engine-machine   vm, board, address: from now on the hosts keep this machine alive; held: not yet
 * PUT    /ovirt-engine/services/engine-machine   global or held: true or false; or host and local: maintenance
 * DELETE /ovirt-engine/services/engine-machine   the hosts let go of it
 * </pre>
 */
public final class EngineMachinePages implements Endpoint {
    private static final String PATH = "/ovirt-engine/services/engine-machine";
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** A slot for each host that a lockspace can have, in pages. */
    private static final long BOARD_BYTES = 2001L * 4096;

    private final Database database;
    private final EngineMachines machines;
    private final TellKeepers keepers;
    private final Vms vms;
    private final Disks disks;
    private final Hosts hosts;
    private final Agents agents;
    private final Gate gate;
    private final Events events;

    public EngineMachinePages(
            Database database,
            EngineMachines machines,
            TellKeepers keepers,
            Vms vms,
            Disks disks,
            Hosts hosts,
            Agents agents,
            Gate gate,
            Events events) {
        this.database = database;
        this.machines = machines;
        this.keepers = keepers;
        this.vms = vms;
        this.disks = disks;
        this.hosts = hosts;
        this.agents = agents;
        this.gate = gate;
        this.events = events;
    }

    public void declare(Site.Builder site) {
        List.of("GET", "POST", "PUT", "DELETE").forEach(method -> site.on(method, PATH, this));
    }

    @Override
    public WebReply answer(WebRequest request) {
        var call = ServiceCall.of(request, gate, PATH, "the engine's machine");
        return switch (call.kind()) {
            case "GET0" -> WebReply.json(200, Json.write(shown()));
            case "POST0" -> {
                add(call.caller(), call.texts());
                yield WebReply.json(201, Json.write(shown()));
            }
            case "PUT0" -> {
                maintain(call.caller(), call.texts());
                yield WebReply.json(200, Json.write(shown()));
            }
            case "DELETE0" -> {
                remove(call.caller());
                yield WebReply.json(200, "{}");
            }
            default -> throw call.unknown();
        };
    }

    private Map<String, Object> shown() {
        var shown = new LinkedHashMap<String, Object>();
        var machine = machines.machine();
        shown.put("configured", machine.isPresent());
        if (machine.isEmpty()) {
            return shown;
        }
        shown.put("vm", machine.get().vm().toString());
        shown.put("board", machine.get().board().toString());
        shown.put("address", machine.get().address());
        shown.put("held", machine.get().held());
        var each = new ArrayList<Map<String, Object>>();
        keeping(machine.get())
                .forEach(host -> machines.keeper(host.id()).ifPresent(state -> each.add(of(host, state))));
        shown.put(
                "global_maintenance",
                each.stream().anyMatch(one -> Boolean.TRUE.equals(one.get("global_maintenance"))));
        shown.put("hosts", each);
        return shown;
    }

    private static Map<String, Object> of(Host host, KeeperState state) {
        var one = new LinkedHashMap<String, Object>();
        one.put("id", host.id().toString());
        one.put("name", host.name());
        one.put("score", state.getScore());
        one.put("engine", state.getEngine());
        one.put("health", state.getHealth());
        one.put("local_maintenance", state.getLocalMaintenance());
        one.put("global_maintenance", state.getGlobalMaintenance());
        one.put("detail", state.getDetail());
        return one;
    }

    private List<Host> keeping(EngineMachine machine) {
        return hosts.ofCluster(vms.get(machine.vm()).cluster()).stream()
                .sorted(Comparator.comparing(Host::name))
                .toList();
    }

    private void add(Principal caller, Map<String, String> sent) {
        if (machines.machine().isPresent()) {
            throw Failure.conflict("The hosts keep a machine of this engine already")
                    .next("Let them let go of it first: bw engine-machine remove");
        }
        Vm vm = vms.get(Id.of(id(sent, "vm")));
        Disk board = disks.get(Id.of(id(sent, "board")));
        var machine = new EngineMachine(
                Id.random(),
                EngineMachine.NAME,
                vm.id(),
                board.id(),
                EngineMachine.checked(sent.getOrDefault("address", "")),
                sent.getOrDefault("held", "false").equals("true"));
        requireFit(vm, board);
        database.change(tx -> {
            machines.insert(tx, machine);
            vms.markEngineMachine(tx, vm.id(), true);
            tell(
                    tx,
                    caller,
                    vm,
                    "The hosts of its cluster keep VM " + vm.name() + " alive as the engine's own, says "
                            + caller.name() + ".");
        });
    }

    private static String id(Map<String, String> sent, String name) {
        String text = sent.getOrDefault(name, "");
        try {
            return Id.of(text).toString();
        } catch (IllegalArgumentException e) {
            throw Failure.badRequest(name + " is the id of an object, not '" + text + "'");
        }
    }

    private void requireFit(Vm vm, Disk board) {
        var domain = disks.ofVm(vm.id()).stream()
                .flatMap(each -> disks.get(each.disk()).domainId().stream())
                .distinct()
                .toList();
        String wrong = vm.leaseDomain().isEmpty()
                ? "it has no lease, without which it could run twice"
                : !domain.equals(board.domainId().stream().toList())
                                || !vm.leaseDomain().equals(board.domainId())
                        ? "its disks, its lease and the board must all be on one storage domain"
                        : vm.highlyAvailable()
                                ? "it is highly available: the engine must not restart it as well"
                                : board.format() != Disk.Format.RAW || board.provisionedBytes() < BOARD_BYTES
                                        ? "the board must be a raw disk of at least " + BOARD_BYTES + " bytes"
                                        : "";
        if (!wrong.isEmpty()) {
            throw Failure.conflict("VM " + vm.name() + " cannot be the engine's machine")
                    .because(wrong)
                    .undone("Nothing was changed");
        }
    }

    private void remove(Principal caller) {
        var machine =
                machines.machine().orElseThrow(() -> Failure.notFound("The hosts keep no machine of this engine"));
        var vm = vms.get(machine.vm());
        database.change(tx -> {
            machines.delete(tx, machine);
            vms.markEngineMachine(tx, vm.id(), false);
            tell(tx, caller, vm, "The hosts let go of VM " + vm.name() + ", says " + caller.name() + ".");
        });
        // Whoever is told that they do not keep it any more counts on that.
        hosts.ofCluster(vm.cluster()).stream()
                .filter(host -> agents.connected(host.id().value()))
                .forEach(keepers::tell);
    }

    private void maintain(Principal caller, Map<String, String> sent) {
        var machine =
                machines.machine().orElseThrow(() -> Failure.notFound("The hosts keep no machine of this engine"));
        if (sent.containsKey("held")) {
            boolean held = flag(sent, "held");
            database.change(tx -> machines.update(tx, machine, held));
            // Whoever let them go counts on that they keep it now.
            keeping(machine).stream()
                    .filter(host -> agents.connected(host.id().value()))
                    .forEach(keepers::tell);
            return;
        }
        var wish = KeeperMaintenance.newBuilder();
        if (sent.containsKey("global")) {
            wish.setGlobal(flag(sent, "global"));
        }
        if (sent.containsKey("local")) {
            wish.setLocal(flag(sent, "local"));
        }
        var asked = keeping(machine).stream()
                .filter(host -> agents.connected(host.id().value()))
                .filter(host -> !wish.hasLocal()
                        || host.name().equals(sent.get("host"))
                        || host.id().toString().equals(sent.get("host")))
                .findFirst()
                .orElseThrow(() -> Failure.unavailable("No host that could be told is there")
                        .next("Name one of those that keep the engine's machine, and look whether it is up"));
        var state = agents.of(asked.id().value(), PATIENCE).askKeeper(LIMIT, keeper -> keeper.maintain(wish.build()));
        machines.said(asked.id(), state);
        database.change(tx -> tell(
                tx,
                caller,
                vms.get(machine.vm()),
                "The maintenance of the engine's machine was set by " + caller.name() + ": "
                        + (wish.hasGlobal() ? "global " + (wish.getGlobal() ? "on" : "off") : "")
                        + (wish.hasLocal() ? "host " + asked.name() + " " + (wish.getLocal() ? "on" : "off") : "")
                        + "."));
    }

    private static boolean flag(Map<String, String> sent, String name) {
        String value = sent.getOrDefault(name, "");
        if (!"true".equals(value) && !"false".equals(value)) {
            throw Failure.badRequest(name + " is true or false, not '" + value + "'");
        }
        return value.equals("true");
    }

    private void tell(Transaction tx, Principal caller, Vm vm, String message) {
        events.add(
                tx,
                EventCode.ENGINE_MACHINE_CHANGED,
                new Asker(caller.name(), UUID.randomUUID().toString()),
                Concerns.NOTHING.withVm(vm.id()),
                message);
    }
}
