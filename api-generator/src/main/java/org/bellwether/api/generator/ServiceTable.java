package org.bellwether.api.generator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ovirt.api.metamodel.concepts.ListType;
import org.ovirt.api.metamodel.concepts.MemberInvolvementTree;
import org.ovirt.api.metamodel.concepts.Method;
import org.ovirt.api.metamodel.concepts.Model;
import org.ovirt.api.metamodel.concepts.Name;
import org.ovirt.api.metamodel.concepts.Parameter;
import org.ovirt.api.metamodel.concepts.Service;
import org.ovirt.api.metamodel.concepts.StructMember;
import org.ovirt.api.metamodel.concepts.StructType;
import org.ovirt.api.metamodel.concepts.Type;

/**
 * The services of the model as lines of text, which {@code Routes} reads lazily, service by service.
 *
 * <pre>
 * H type segment          an object of the type lives in this collection under the root
 * S name                  a service; what follows belongs to it
 * L segment service       a service below it
 * I parameter service     the service of one item, reached by its id
 * M name segment verb d   a method; segment is - unless it is an action; d when deprecated
 * P direction name type   a parameter: in, out or both; ! behind the type when it must be given
 * R path|path             an attribute that must be given, or one of several
 * G name                  one of several ways to call the method; the R lines that follow belong to it
 * </pre>
 */
final class ServiceTable {
    /**
     * What the model's documentation demands and the engine it documents never did, or what another part of the request
     * says as well: clients that live today would break. Seen in the examples of the published SDKs, which leave these
     * out.
     */
    private static final Map<String, Set<String>> NOT_DEMANDED = Map.of(
            "clusters.add", Set.of("data_center.id|data_center.name"),
            "disks.add", Set.of("interface", "format"),
            "disks.lun",
                    Set.of(
                            "lun_storage.logical_units.target",
                            "lun_storage.logical_units.port",
                            "lun_storage.logical_units.address"),
            "data_centers.add", Set.of("local"),
            "hosts.add", Set.of("cluster.id|cluster.name"),
            "disk_attachments.signature1", Set.of("pass_discard", "bootable"),
            "qoss.add", Set.of("type"),
            "steps.add", Set.of("type"),
            "users.add", Set.of("domain.id|domain.name"),
            "vms.from_scratch", Set.of("template.id|template.name"));

    /** What the engine demands beyond the documentation. */
    private static final Map<String, Set<String>> ALSO_DEMANDED = Map.of("disks.on_storage_domain", Set.of("format"));

    /** A storage that exists already is named instead of described. */
    private static final Map<String, String> OTHERWISE = Map.of("storage.type", "storage.id|storage.type");

    /** Methods of which one of the signatures must fit; elsewhere the signatures only document. */
    private static final Set<String> CHECKED = Set.of(
            "vms.add",
            "templates.add",
            "disk_attachments.add",
            "disks.add",
            "image_transfers.add",
            "assigned_permissions.add",
            "system_permissions.add");

    /** A request that fits none of the signatures is told what the usual one demands. */
    private static final Comparator<Method> USUAL_FIRST = Comparator.comparing(
                    (Method method) -> !Set.of("from_scratch", "from_vm", "user_level")
                            .contains(method.getName().toString()))
            .thenComparing(Comparator.naturalOrder());

    /** Types whose objects are never told apart by their names, whatever the model gives them. */
    private static final Set<String> NAMELESS = Set.of(
            "snapshot", "disk_snapshot", "file", "logical_unit", "cluster_feature", "image", "scheduling_policy_unit");

    private final Model model;
    private final StringBuilder out = new StringBuilder(200_000);

    ServiceTable(Model model) {
        this.model = model;
    }

    String text() {
        Homes.of(model).forEach((type, segment) -> line("H", type, segment));
        for (var service : model.services().sorted().toList()) {
            service(service);
        }
        return out.toString();
    }

    private void service(Service service) {
        line("S", service.getName());
        for (var locator : service.locators().sorted().toList()) {
            var parameter = locator.parameters().findFirst();
            if (parameter.isPresent()) {
                line("I", parameter.get().getName(), locator.getService().getName());
            } else {
                line(
                        "L",
                        WireNames.segment(locator.getName()),
                        locator.getService().getName());
            }
        }
        for (var method : service.methods().sorted().toList()) {
            if (method.getBase() == null) {
                method(service, method);
            }
        }
    }

    private void method(Service service, Method method) {
        var name = method.getName().toString();
        var action = Types.isAction(method);
        var deprecated = method.getAnnotation(Types.name("deprecated")) != null;
        line("M", name, action ? WireNames.segment(method.getName()) : "-", verb(name), deprecated ? "d" : "");
        for (var parameter : parameters(service, method)) {
            var direction = parameter.isIn() ? parameter.isOut() ? "both" : "in" : "out";
            var must = parameter.isMandatory() ? "!" : "";
            line("P", direction, parameter.getName(), Types.describe(parameter.getType()) + must);
        }
        var called = service.getName() + "." + name;
        demands(called, method, action);
        if (CHECKED.contains(called)) {
            for (var signature : service.methods().sorted(USUAL_FIRST).toList()) {
                if (isOf(signature, method)) {
                    line("G", signature.getName());
                    demands(service.getName() + "." + signature.getName(), signature, action);
                }
            }
        }
    }

    /** Those of the method and of all its signatures: a signature may bring parameters of its own. */
    private static Collection<Parameter> parameters(Service service, Method method) {
        var parameters = new TreeMap<String, Parameter>();
        method.parameters()
                .forEach(parameter -> parameters.put(parameter.getName().toString(), parameter));
        for (var signature : service.getMethods()) {
            if (isOf(signature, method)) {
                signature
                        .parameters()
                        .forEach(p -> parameters.putIfAbsent(p.getName().toString(), p));
            }
        }
        return parameters.values();
    }

    private static boolean isOf(Method signature, Method method) {
        var base = signature.getBase();
        return base != null && base.getName().equals(method.getName());
    }

    private void demands(String called, Method method, boolean action) {
        if (method.getName().toString().equals("update")) {
            return;
        }
        for (var parameter : method.parameters().sorted().toList()) {
            for (var demand : demands(parameter, action)) {
                if (!NOT_DEMANDED.getOrDefault(called, Set.of()).contains(demand)) {
                    line("R", OTHERWISE.getOrDefault(demand, demand));
                }
            }
        }
        ALSO_DEMANDED.getOrDefault(called, Set.of()).forEach(demand -> line("R", demand));
    }

    private static List<String> demands(Parameter parameter, boolean action) {
        var demands = new ArrayList<String>();
        if (parameter.isMandatory() && action) {
            demands.add(parameter.getName().toString());
        }
        for (MemberInvolvementTree tree : parameter.getMandatoryAttributes()) {
            var alternatives = new ArrayList<String>();
            for (var each = tree; each != null; each = each.hasAlternative() ? each.getAlternative() : null) {
                var path = path(each);
                alternatives.add(action ? parameter.getName() + "." + path : path);
            }
            if (alternatives.size() == 1 && isReference(parameter.getType(), tree, action)) {
                alternatives.add(alternatives.getFirst().replaceAll("id$", "name"));
            }
            demands.add(
                    String.join("|", alternatives.stream().sorted().distinct().toList()));
        }
        return demands;
    }

    /** Whether it is the id of another object that has a name: the API takes either. An action is about its parameter. */
    private static boolean isReference(Type from, MemberInvolvementTree tree, boolean action) {
        if (!tree.getName().toString().equals("id") || (!action && !tree.hasParent())) {
            return false;
        }
        return (tree.hasParent() ? owner(from, tree.getParent()) : from) instanceof StructType struct
                && !NAMELESS.contains(struct.getName().toString())
                && member(struct, "name") != null;
    }

    /** The type of the objects that the tree leads to. */
    private static @Nullable Type owner(Type from, MemberInvolvementTree tree) {
        var above = tree.hasParent() ? owner(from, tree.getParent()) : from;
        if (!(above instanceof StructType struct)) {
            return null;
        }
        var member = member(struct, tree.getName().toString());
        var type = member == null ? null : member.getType();
        return type instanceof ListType many ? many.getElementType() : type;
    }

    private static @Nullable StructMember member(StructType struct, String name) {
        return Stream.<StructMember>concat(struct.attributes(), struct.links())
                .filter(each -> each.getName().toString().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static String path(MemberInvolvementTree tree) {
        var words = new ArrayList<String>();
        for (var each = tree; each != null; each = each.hasParent() ? each.getParent() : null) {
            words.addFirst(WireNames.attribute(each.getName()));
        }
        return String.join(".", words);
    }

    private static String verb(String method) {
        return switch (method) {
            case "get", "list" -> "GET";
            case "update" -> "PUT";
            case "remove" -> "DELETE";
            default -> "POST";
        };
    }

    private void line(String kind, Object... words) {
        out.append(kind);
        for (var word : words) {
            var text = word instanceof Name name ? name.toString() : (String) word;
            if (!text.isEmpty()) {
                out.append(' ').append(text);
            }
        }
        out.append('\n');
    }
}
