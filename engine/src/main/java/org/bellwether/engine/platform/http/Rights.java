package org.bellwether.engine.platform.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.bellwether.api.Attribute;
import org.bellwether.api.Kind;
import org.bellwether.api.Service;
import org.bellwether.api.ServiceMethod;
import org.bellwether.api.Struct;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;

/**
 * What a caller may do and see, for each route alike: a feature only names the permit of its route. A change needs the permit on
 * the innermost object of the path; where the path names none, because something is added, on the object that the document says
 * it is to lie in. What else the document uses (a network for a machine, a disk to attach) needs the permit to use it. An object
 * that the caller's permissions do not show is as if it were not there.
 */
final class Rights {

    private static final int DEPTH = 6;

    /** Where something is added, by the permit to add it: the first of these that the document names. */
    private static final Map<Permit, List<String>> PLACES = Map.ofEntries(
            Map.entry(Permit.CREATE_VM, List.of("cluster")),
            Map.entry(Permit.CREATE_VM_POOL, List.of("cluster")),
            Map.entry(Permit.CREATE_TEMPLATE, List.of("vm", "cluster")),
            Map.entry(Permit.CREATE_DISK, List.of("storage_domain")),
            Map.entry(Permit.CREATE_HOST, List.of("cluster")),
            Map.entry(Permit.CREATE_CLUSTER, List.of("data_center")),
            Map.entry(Permit.CREATE_STORAGE_POOL_NETWORK, List.of("data_center")),
            Map.entry(Permit.CREATE_NETWORK_VNIC_PROFILE, List.of("network")),
            Map.entry(Permit.CREATE_STORAGE_DISK_PROFILE, List.of("storage_domain")),
            Map.entry(Permit.CREATE_CPU_PROFILE, List.of("cluster")),
            Map.entry(Permit.EDIT_DISK_PROPERTIES, List.of("disk", "image")),
            Map.entry(
                    Permit.MANIPULATE_PERMISSIONS,
                    List.of("vm", "vm_pool", "template", "disk", "host", "cluster", "storage_domain", "data_center")));

    private final Gate gate;

    Rights(Gate gate) {
        this.gate = gate;
    }

    /** Refuses whoever holds no role, and whoever asks for something in an object that they do not see. */
    void enter(ApiRequest.Call call) {
        if (!gate.anywhere(call.principal(), Permit.LOGIN)) {
            throw Failure.forbidden(call.principal().name() + " may not sign on")
                    .because("they hold no role that lets them")
                    .next("Ask an administrator for one");
        }
        if (call.filtered()) {
            for (Target target : call.targets()) {
                if (!gate.sees(call.principal(), target)) {
                    throw missing(target.kind(), target.id());
                }
            }
        }
    }

    /** Refuses a call without the permit. Where the document will tell, at least it must be held somewhere. */
    void permit(ApiRequest.Call call, Permit permit, ServiceMethod method) {
        if (permit == Permit.LOGIN) {
            return;
        }
        if (permit == Permit.EDIT_PROFILE && !ofCaller(call)) {
            // It is for one's own; for that of others one looks after users.
            if (!gate.allows(call.principal(), Permit.MANIPULATE_USERS, List.of())) {
                throw forbidden(call, Permit.MANIPULATE_USERS, "");
            }
            return;
        }
        boolean held = documentTells(call, permit, method)
                ? gate.anywhere(call.principal(), permit)
                : gate.allows(call.principal(), permit, call.targets());
        if (!held) {
            throw forbidden(call, permit, "");
        }
    }

    /** Whether the path leads below the caller's own user. */
    private static boolean ofCaller(ApiRequest.Call call) {
        return !call.targets().isEmpty()
                && call.targets().getFirst().service().equals("user")
                && call.targets()
                        .getFirst()
                        .id()
                        .equalsIgnoreCase(call.principal().id().toString());
    }

    private static boolean documentTells(ApiRequest.Call call, Permit permit, ServiceMethod method) {
        boolean placed = call.targets().stream()
                .anyMatch(target ->
                        !target.service().equals("user") && !target.service().equals("group"));
        return !placed && !method.isAction() && method.body() != null && PLACES.containsKey(permit);
    }

    /** Refuses a document that adds or uses something where the caller may not. */
    void document(ApiRequest.Call call, Permit permit, Service service, ServiceMethod method, Struct document) {
        // Who may do everything everywhere needs no closer look; most documents are an administrator's.
        if (gate.allows(call.principal(), permit, List.of())
                && gate.allows(call.principal(), Permit.CONFIGURE_ENGINE, List.of())) {
            return;
        }
        if (documentTells(call, permit, method)) {
            place(call, permit, document);
        }
        walk(document, DEPTH, (kind, reference) -> uses(call, service, method, kind, reference));
    }

    private void place(ApiRequest.Call call, Permit permit, Struct document) {
        List<Target> places = new ArrayList<>();
        for (String kind : PLACES.getOrDefault(permit, List.of())) {
            if (places.isEmpty()) {
                references(document, kind).forEach(reference -> places.addAll(gate.referred(kind, reference)));
            }
        }
        if (places.isEmpty()) {
            if (!gate.allows(call.principal(), permit, List.of())) {
                throw forbidden(call, permit, "");
            }
            return;
        }
        for (Target place : places) {
            if (!gate.allows(call.principal(), permit, List.of(place))) {
                throw forbidden(call, permit, " on " + place.kind().replace('_', ' ') + " " + place.id());
            }
        }
    }

    private static List<Struct> references(Struct document, String kind) {
        List<Struct> found = new ArrayList<>();
        for (Attribute attribute : document.structType().attributes()) {
            if (attribute.kind() == Kind.STRUCT && attribute.struct().name().equals(kind)) {
                Object value = document.value(attribute);
                if (value instanceof Struct one) {
                    found.add(one);
                } else if (value instanceof List<?> many) {
                    many.forEach(each -> found.add((Struct) each));
                }
            }
        }
        return found;
    }

    private void uses(ApiRequest.Call call, Service service, ServiceMethod method, String kind, Struct reference) {
        String about = service.name();
        boolean machine = about.equals("vm") || about.equals("vms") || about.startsWith("vm_");
        boolean adds = method.name().equals("add");
        Optional<Permit> needed = switch (kind) {
            case "vnic_profile" ->
                machine
                        ? Optional.of(Permit.CONFIGURE_VM_NETWORK)
                        : about.startsWith("template")
                                ? Optional.of(Permit.CONFIGURE_TEMPLATE_NETWORK)
                                : Optional.empty();
            case "template" -> about.equals("vms") && adds ? Optional.of(Permit.CREATE_VM) : Optional.empty();
            case "cluster" -> about.equals("vm") ? Optional.of(Permit.CREATE_VM) : Optional.empty();
            case "host" -> machine ? Optional.of(Permit.EDIT_ADMIN_VM_PROPERTIES) : Optional.empty();
            case "disk" ->
                about.equals("disk_attachments") && adds ? Optional.of(Permit.ATTACH_DISK) : Optional.empty();
            case "storage_domain" ->
                machine || about.contains("disk") ? Optional.of(Permit.CREATE_DISK) : Optional.empty();
            case "quota" -> Optional.of(Permit.CONSUME_QUOTA);
            default -> Optional.empty();
        };
        needed.ifPresent(permit -> {
            for (Target object : gate.referred(kind, reference)) {
                if (!gate.liesIn(call.targets(), object) && !gate.allows(call.principal(), permit, List.of(object))) {
                    throw gate.sees(call.principal(), object)
                            ? forbidden(call, permit, " on " + kind.replace('_', ' ') + " " + object.id())
                            : missing(kind, object.id());
                }
            }
        });
    }

    private static void walk(Struct document, int depth, BiConsumer<String, Struct> found) {
        for (Attribute attribute : document.structType().attributes()) {
            if (attribute.kind() != Kind.STRUCT || depth == 0) {
                continue;
            }
            Object value = document.value(attribute);
            List<?> each = value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
            for (Object one : each) {
                Struct struct = (Struct) one;
                if (struct.structType().attribute("id") != null
                        && struct.structType().attribute("name") != null) {
                    found.accept(struct.structType().name(), struct);
                }
                walk(struct, depth - 1, found);
            }
        }
    }

    /** The reply without what the caller's permissions do not show. */
    Reply shown(ApiRequest.Call call, Reply reply) {
        if (!call.filtered()) {
            return reply;
        }
        return switch (reply) {
            case Reply.One(var object) -> {
                if (!seen(call, object)) {
                    throw missing(call.kind(), String.valueOf(object.value("id")));
                }
                yield reply;
            }
            case Reply.Many(var objects) ->
                new Reply.Many(objects.stream().filter(each -> seen(call, each)).toList());
            case Reply.Created created -> created;
            case Reply.Done done -> done;
            case Reply.Raw raw -> raw;
        };
    }

    private boolean seen(ApiRequest.Call call, Struct object) {
        Attribute id = object.structType().attribute("id");
        return id == null
                || !(object.value(id) instanceof String text)
                || gate.sees(call.principal(), new Target(object.structType().name(), text));
    }

    private static Failure missing(String kind, String id) {
        return Failure.notFound("There is no " + kind.replace('_', ' ') + " with the id " + id)
                .next("Ask for the list to see what there is; it may have been removed a moment ago");
    }

    private static Failure forbidden(ApiRequest.Call call, Permit permit, String where) {
        return Failure.forbidden(call.principal().name() + " may not do this")
                .because("the permit " + permit.wireName() + where + " is needed")
                .next("Ask an administrator for a role that has it");
    }
}
