package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A machine that is to be made. */
final class VmDraft {

    private final Session session;

    VmDraft(Session session) {
        this.session = session;
    }

    Entity create(
            String name,
            String template,
            @Nullable String cluster,
            @Nullable String memory,
            @Nullable Integer cpus,
            @Nullable String description,
            WaitOptions waiting) {
        ObjectNode vm = Json.object().put("name", name);
        if (memory != null) {
            vm.put("memory", Long.toString(Text.bytes(memory, "memory")));
        }
        if (cpus != null) {
            if (cpus < 1) {
                throw CommandFailure.usage("A machine has at least one CPU, so --cpus " + cpus + " cannot be.");
            }
            vm.putObject("cpu")
                    .putObject("topology")
                    .put("sockets", cpus.toString())
                    .put("cores", "1")
                    .put("threads", "1");
        }
        if (description != null) {
            vm.put("description", description);
        }
        var source = template(template);
        vm.putObject("template").put("id", source.id());
        vm.set("cluster", cluster == null ? Json.object().put("id", cluster(source)) : Json.reference(cluster));
        var made = session.engine().post(Kind.VM.path(), vm);
        return waiting.wait
                ? session.waiting(waiting).untilStatus(Kind.VM.path(made), "machine " + name, "down")
                : made;
    }

    /** Versions of a template share its name: the newest is meant. */
    private Entity template(String nameOrId) {
        if (Json.isId(nameOrId)) {
            return session.lookup().find(Kind.TEMPLATE, nameOrId);
        }
        Optional<Entity> newest = session.engine().list(Kind.TEMPLATE.path()).stream()
                .filter(each -> each.name().equals(nameOrId))
                .max(java.util.Comparator.comparingLong(
                        each -> each.number("version.version_number").orElse(1)));
        return newest.orElseThrow(() -> CommandFailure.refused(
                404, "There is no template named " + nameOrId + ". See what there is with: bw template list"));
    }

    private String cluster(Entity template) {
        return template.find("cluster.id").orElseGet(() -> {
            var clusters = session.engine().list(Kind.CLUSTER.path());
            if (clusters.size() == 1) {
                return clusters.getFirst().id();
            }
            throw CommandFailure.usage("There are " + clusters.size()
                    + " clusters, so say with --cluster where the machine may run. See them with: bw cluster list");
        });
    }
}
