package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A machine that is to be made. */
final class VmDraft {

    private final Session session;

    VmDraft(Session session) {
        this.session = session;
    }

    /** What is said of the disks of a machine that is to be made. */
    static final class DiskOptions {
        @Option(
                names = "--full",
                description =
                        "Copy the template's disks; otherwise the machine's disks stand on them and hold what changes.")
        boolean full;

        @Option(
                names = "--domain",
                paramLabel = "DOMAIN",
                description = "The storage domain for its disks; where the template's lie unless told.")
        @Nullable
        String domain;

        @Option(names = "--template-version", paramLabel = "NUMBER", description = "The newest unless told.")
        @Nullable
        Integer version;

        @Option(
                names = "--use-latest",
                description = "Follow the template: take its newest version whenever the machine is made anew.")
        boolean latest;

        @Option(
                names = "--instance-type",
                paramLabel = "TYPE",
                description = "Its size by name, such as Small; see them with bw instance-type list.")
        @Nullable
        String size;
    }

    Entity create(
            String name,
            String template,
            @Nullable String cluster,
            VmSettings settings,
            FirstBootOptions firstBoot,
            DiskOptions disks,
            WaitOptions waiting) {
        ObjectNode vm = Json.object().put("name", name);
        settings.into(vm, session, Optional.empty());
        firstBoot.into(vm);
        var source = template(template, disks.version);
        vm.putObject("template").put("id", source.id());
        vm.set("cluster", cluster == null ? Json.object().put("id", cluster(source)) : Json.reference(cluster));
        if (disks.domain != null) {
            vm.putObject("storage_domain")
                    .put(
                            "id",
                            session.lookup()
                                    .find(Kind.STORAGE_DOMAIN, disks.domain)
                                    .id());
        }
        if (disks.size != null) {
            vm.set("instance_type", Json.reference(disks.size));
        }
        if (disks.latest) {
            vm.put("use_latest_template_version", "true");
        }
        var made = session.engine().post(Kind.VM.path() + (disks.full ? "?clone=true" : ""), vm);
        settings.beside(made, session);
        return waiting.wait
                ? session.waiting(waiting).untilStatus(Kind.VM.path(made), "machine " + name, "down")
                : made;
    }

    Entity clone(Entity source, String name, @Nullable String domain, WaitOptions waiting) {
        ObjectNode action = Json.object();
        action.putObject("vm").put("name", name);
        if (domain != null) {
            action.putObject("storage_domain")
                    .put(
                            "id",
                            session.lookup().find(Kind.STORAGE_DOMAIN, domain).id());
        }
        session.engine().post(Kind.VM.path(source) + "/clone", action);
        var made = session.lookup().find(Kind.VM, name);
        return waiting.wait
                ? session.waiting(waiting).untilStatus(Kind.VM.path(made), "machine " + name, "down")
                : made;
    }

    /** Versions of a template share its name: the newest is meant unless one is named. */
    private Entity template(String nameOrId, @Nullable Integer version) {
        if (Json.isId(nameOrId)) {
            return session.lookup().find(Kind.TEMPLATE, nameOrId);
        }
        Optional<Entity> newest = session.engine().list(Kind.TEMPLATE.path()).stream()
                .filter(each -> each.name().equals(nameOrId))
                .filter(each ->
                        version == null || each.number("version.version_number").orElse(1) == version)
                .max(java.util.Comparator.comparingLong(
                        each -> each.number("version.version_number").orElse(1)));
        return newest.orElseThrow(() -> CommandFailure.refused(
                404,
                "There is no template named " + nameOrId + (version == null ? "" : " of the version " + version)
                        + ". See what there is with: bw template list"));
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
