package org.bellwether.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a path: its methods, the services below it, and for a collection the service of one item. Read
 * from the table on first use, together with nothing else.
 */
public final class Service {
    private final String name;
    private final Map<String, String> below = new LinkedHashMap<>();
    private final Map<String, ServiceMethod> methods = new LinkedHashMap<>();
    private final Map<String, ServiceMethod> actions = new LinkedHashMap<>();
    private final Decoration decoration;
    private @Nullable String item;
    private String itemParameter = "";

    Service(String name, String table) {
        this.name = name;
        var lines = table.split("\n");
        for (int i = 0; i < lines.length; ) {
            var line = lines[i];
            var rest = line.substring(2);
            int space = rest.indexOf(' ');
            switch (line.charAt(0)) {
                case 'L' -> {
                    below.put(rest.substring(0, space), rest.substring(space + 1));
                    i++;
                }
                case 'I' -> {
                    itemParameter = rest.substring(0, space);
                    item = rest.substring(space + 1);
                    i++;
                }
                case 'M' -> i = method(lines, i);
                default -> throw new IllegalStateException("The table of services has a line nobody can read: " + line);
            }
        }
        this.decoration = name.equals(Routes.ROOT)
                ? Decoration.root()
                : new Decoration(List.copyOf(below.keySet()), List.copyOf(actions.keySet()));
    }

    private int method(String[] lines, int at) {
        var parameters = new ArrayList<Parameter>();
        var demands = new ArrayList<Demand>();
        var signatures = new LinkedHashMap<String, List<Demand>>();
        List<Demand> current = demands;
        int i = at + 1;
        for (; i < lines.length; i++) {
            var rest = lines[i].substring(2);
            switch (lines[i].charAt(0)) {
                case 'P' -> parameters.add(Parameter.parse(rest));
                case 'R' -> current.add(Demand.parse(rest));
                case 'G' -> {
                    current = new ArrayList<>();
                    signatures.put(rest, current);
                }
                default -> {
                    return finish(lines[at], parameters, demands, signatures, i);
                }
            }
        }
        return finish(lines[at], parameters, demands, signatures, i);
    }

    private int finish(
            String line,
            List<Parameter> parameters,
            List<Demand> demands,
            Map<String, List<Demand>> signatures,
            int next) {
        var method = new ServiceMethod(name, line.substring(2), parameters, demands, signatures);
        methods.put(method.name(), method);
        var segment = method.segment();
        if (segment != null) {
            actions.put(segment, method);
        }
        return next;
    }

    /** The name in the model, such as {@code vms} or {@code vm}. */
    public String name() {
        return name;
    }

    /** The method of that name, null when the service has none. */
    public @Nullable ServiceMethod method(String method) {
        return methods.get(method);
    }

    public Map<String, ServiceMethod> methods() {
        return Collections.unmodifiableMap(methods);
    }

    /** The actions by the last segment of their path, which is also the {@code rel} of the link to them. */
    public Map<String, ServiceMethod> actions() {
        return Collections.unmodifiableMap(actions);
    }

    /** The names of the services right below this one by segment, which is also the {@code rel} of the link to them. */
    public Map<String, String> below() {
        return Collections.unmodifiableMap(below);
    }

    /** The service below this one at that segment, null when there is none. */
    public @Nullable Service child(String segment) {
        var child = below.get(segment);
        return child == null ? null : Routes.service(child);
    }

    /** The service of one item of this collection, null when this is no collection. */
    public @Nullable Service item() {
        return item == null ? null : Routes.service(item);
    }

    /** What the model calls the id of an item: nearly always {@code id}; empty when this is no collection. */
    public String itemParameter() {
        return itemParameter;
    }

    Decoration decoration() {
        return decoration;
    }

    @Override
    public String toString() {
        return name;
    }
}
