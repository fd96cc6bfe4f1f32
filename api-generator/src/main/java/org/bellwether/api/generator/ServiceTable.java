package org.bellwether.api.generator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.ovirt.api.metamodel.concepts.MemberInvolvementTree;
import org.ovirt.api.metamodel.concepts.Method;
import org.ovirt.api.metamodel.concepts.Model;
import org.ovirt.api.metamodel.concepts.Name;
import org.ovirt.api.metamodel.concepts.Parameter;
import org.ovirt.api.metamodel.concepts.Service;

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
     * What the model's documentation demands and the engine it documents never did: clients that live today would break.
     * Seen in the examples of the published SDKs, which leave these out.
     */
    private static final Map<String, Set<String>> NOT_DEMANDED = Map.of(
            "disks.add", Set.of("interface"),
            "data_centers.add", Set.of("local"),
            "hosts.add", Set.of("cluster.id|cluster.name"),
            "disk_attachments.signature1", Set.of("pass_discard", "bootable"),
            "qoss.add", Set.of("type"),
            "steps.add", Set.of("type"),
            "vms.from_scratch", Set.of("template.id|template.name"));

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
                    line("R", demand);
                }
            }
        }
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
            demands.add(
                    String.join("|", alternatives.stream().sorted().distinct().toList()));
        }
        return demands;
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
