package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.bellwether.cli.Sort.Members;

/** How objects are made and changed over the API: most by their collection, some with steps of their own. */
final class Making {

    private final Session session;
    private final EngineClient engine;
    private final WaitOptions waiting;
    private final Known known;
    private final Described described;

    Making(Session session, WaitOptions waiting, Known known, Described described) {
        this.session = session;
        this.engine = session.engine();
        this.waiting = waiting;
        this.known = known;
        this.described = described;
    }

    /** @throws CommandFailure refused, when it is plain already that it cannot be made */
    void check(Sort sort, ObjectNode wish) {
        if (sort == Sort.TEMPLATE && !wish.has("vm")) {
            throw CommandFailure.refused(
                    404,
                    ("There is no %s, and its settings alone do not make one. Import the storage domain or the archive"
                                    + " that it is in, or name in the file with 'vm' the machine to make it from")
                            .formatted(Known.label(sort, wish)));
        }
    }

    Entity make(Sort sort, ObjectNode wish) {
        check(sort, wish);
        ObjectNode body = Json.object();
        for (var member : wish.properties()) {
            boolean own = sort == Sort.ROLE
                    || sort.members().stream().noneMatch(each -> each.field().equals(member.getKey()));
            if (own) {
                body.set(member.getKey(), described.sent(member.getKey(), member.getValue()));
            }
        }
        var made = switch (sort) {
            case STORAGE_DOMAIN -> storageDomain(wish, body);
            case QUOTA -> engine.post("/datacenters/" + new Entity(body).text("data_center.id") + "/quotas", body);
            case VM -> {
                if (!body.has("template")) {
                    body.putObject("template").put("name", "Blank");
                }
                var vm = engine.post("/vms", body);
                yield session.waiting(waiting)
                        .untilStatus(
                                "/vms/" + vm.id(),
                                "machine " + wish.path("name").asText(),
                                "down");
            }
            case TEMPLATE -> {
                var template = engine.post("/templates", body);
                yield session.waiting(waiting)
                        .untilStatus("/templates/" + template.id(), Known.label(sort, wish), "ok");
            }
            default -> engine.post("/" + sort.collection(), body);
        };
        known.forget(sort);
        return made;
    }

    private Entity storageDomain(ObjectNode wish, ObjectNode body) {
        var center = new Entity(body).find("data_center.id");
        body.remove("data_center");
        if (!body.has("host")) {
            body.putObject("host").put("id", host(center).id());
        }
        var made = engine.post("/storagedomains", body);
        String name = "storage domain " + wish.path("name").asText();
        session.waiting(waiting).untilStatus("/storagedomains/" + made.id(), name, "unattached");
        if (center.isPresent()) {
            String attached = "/datacenters/" + center.get() + "/storagedomains";
            engine.post(attached, Json.object().put("id", made.id()));
            session.waiting(waiting).untilStatus(attached + "/" + made.id(), name, "active");
        }
        return made;
    }

    private Entity host(Optional<String> center) {
        return known.all(Sort.HOST).stream()
                .filter(host -> host.status().equals("up"))
                .filter(host -> center.isEmpty()
                        || known.withId(Sort.CLUSTER, host.text("cluster.id"))
                                .filter(cluster ->
                                        cluster.text("data_center.id").equals(center.get()))
                                .isPresent())
                .findFirst()
                .orElseThrow(
                        () -> CommandFailure.refused(
                                409,
                                "No host of its data center is up, and a host has to make it. Add one or activate it, or name one in the file with 'host'"));
    }

    /** Asks for everything that differs: of the object itself, and of what belongs to it. */
    void change(Sort sort, ObjectNode wish, Entity now, JsonNode present) {
        var changed = Differences.changed(sort, wish, present);
        String path = known.path(sort, now);
        if (!changed.isEmpty()) {
            engine.put(path, described.sent("", changed));
        }
        for (var members : sort.members()) {
            for (var each : wish.path(members.field()).path(members.each())) {
                member(members, path, (ObjectNode) each, now, present.path(members.field()));
            }
            if (members.whole() && wish.has(members.field())) {
                for (var each : now.list(members.field())) {
                    if (Differences.called(members, wish.path(members.field()), each.name())
                            .isEmpty()) {
                        engine.delete(path + "/" + members.segment() + "/" + each.id());
                    }
                }
            }
        }
    }

    private void member(Members members, String path, ObjectNode wish, Entity now, JsonNode present) {
        String list = path + "/" + members.segment();
        String key = Differences.key(wish);
        var there = Differences.called(members, present, key);
        if (there.isEmpty()) {
            ObjectNode body = (ObjectNode) described.sent("", wish);
            if (members.field().equals("networks")) {
                body.put("id", network(now, key).id());
            }
            var made = engine.post(list, body);
            made.find("disk.id")
                    .ifPresent(disk -> session.waiting(waiting).untilStatus("/disks/" + disk, "disk " + key, "ok"));
            return;
        }
        ObjectNode changed = Differences.changed(wish, there.get());
        if (changed.isEmpty()) {
            return;
        }
        String id = id(members, now, key);
        if (members.field().startsWith("quota_")) {
            // Limits are not changed but made anew.
            engine.delete(list + "/" + id);
            engine.post(list, described.sent("", wish));
        } else {
            engine.put(list + "/" + id, described.sent("", changed));
        }
    }

    private Entity network(Entity cluster, String name) {
        ObjectNode network = Json.object().put("name", name);
        network.putObject("data_center").put("id", cluster.text("data_center.id"));
        return known.find(Sort.NETWORK, network)
                .orElseThrow(() -> CommandFailure.refused(
                        404,
                        "The data center of the cluster " + cluster.name() + " has no network " + Text.clean(name)));
    }

    private String id(Members members, Entity now, String key) {
        var described = this.described.listed(members, now);
        var entities = now.list(members.field());
        for (int i = 0; i < entities.size(); i++) {
            if (Differences.key(described.get(i)).equals(key)) {
                return entities.get(i).id();
            }
        }
        throw new IllegalStateException(members.field() + " has lost " + key);
    }
}
