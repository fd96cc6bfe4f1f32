package org.bellwether.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A method of a service: {@code list}, {@code add}, {@code get}, {@code update}, {@code remove} or an action. */
public final class ServiceMethod {
    private final String service;
    private final String name;
    private final @Nullable String segment;
    private final String verb;
    private final boolean deprecated;
    private final List<Parameter> parameters;
    private final List<Demand> demands;
    private final Map<String, List<Demand>> signatures;

    ServiceMethod(
            String service,
            String notation,
            List<Parameter> parameters,
            List<Demand> demands,
            Map<String, List<Demand>> signatures) {
        var words = notation.split(" ");
        this.service = service;
        this.name = words[0];
        this.segment = words[1].equals("-") ? null : words[1];
        this.verb = words[2];
        this.deprecated = words.length > 3;
        this.parameters = List.copyOf(parameters);
        this.demands = List.copyOf(demands);
        this.signatures = Collections.unmodifiableMap(new LinkedHashMap<>(signatures));
    }

    /** The name in the model, such as {@code add} or {@code commit_snapshot}. */
    public String name() {
        return name;
    }

    /** GET, POST, PUT or DELETE. */
    public String verb() {
        return verb;
    }

    public boolean isAction() {
        return segment != null;
    }

    /** The last segment of the path of an action, null for other methods. */
    public @Nullable String segment() {
        return segment;
    }

    public boolean isDeprecated() {
        return deprecated;
    }

    public List<Parameter> parameters() {
        return parameters;
    }

    /**
     * The type of the request's body: {@code action} for actions, the object for {@code add} and {@code update}; null
     * when the method takes none.
     */
    public @Nullable StructType<?> body() {
        if (isAction()) {
            return StructType.named("action");
        }
        return body(false)
                .or(() -> body(true))
                .map(each -> StructType.named(each.type()))
                .orElse(null);
    }

    /** Whether the body is a list of {@link #body}. */
    public boolean isBodyList() {
        return !isAction() && body(false).isEmpty() && body(true).isPresent();
    }

    private Optional<Parameter> body(boolean list) {
        if (!verb.equals("POST") && !verb.equals("PUT")) {
            return Optional.empty();
        }
        var candidates = parameters.stream()
                .filter(each -> each.in() && each.list() == list && each.isStruct())
                .toList();
        return candidates.stream()
                .filter(Parameter::out)
                .findFirst()
                .or(() -> candidates.stream().findFirst());
    }

    /** The type of the objects in the answer, null when the answer is an action's result. */
    public @Nullable StructType<?> result() {
        return isAction()
                ? null
                : parameters.stream()
                        .filter(each -> each.out() && each.isStruct())
                        .findFirst()
                        .map(each -> StructType.named(each.type()))
                        .orElse(null);
    }

    /** The parameter of that name, null when the method has none. */
    public @Nullable Parameter parameter(String parameter) {
        return parameters.stream()
                .filter(each -> each.name().equals(parameter))
                .findFirst()
                .orElse(null);
    }

    /** What every call must say. */
    public List<Demand> demands() {
        return demands;
    }

    /** The ways to call the method, one of which must fit, by name; empty when there is only one. */
    public Map<String, List<Demand>> signatures() {
        return signatures;
    }

    /**
     * What the body lacks, as the text of a fault such as {@code Vm [name, cluster.id|name] required for add}; empty
     * when it lacks nothing. Of several signatures the one of which least is lacking speaks.
     */
    public Optional<String> missing(Struct body) {
        var lacking = new ArrayList<>(unmet(demands, body));
        if (!signatures.isEmpty()) {
            signatures.values().stream()
                    .map(each -> unmet(each, body))
                    .min((one, other) -> Integer.compare(one.size(), other.size()))
                    .ifPresent(lacking::addAll);
        }
        if (lacking.isEmpty()) {
            return Optional.empty();
        }
        var names = lacking.stream().map(Demand::toString).distinct().collect(Collectors.joining(", "));
        return Optional.of(body.structType().javaType().getSimpleName() + " [" + names + "] required for " + name);
    }

    private static List<Demand> unmet(List<Demand> demands, Struct body) {
        return demands.stream().filter(each -> !each.isMetBy(body)).toList();
    }

    /** Where the documentation of the method is, relative to {@code /ovirt-engine/}. */
    public String documentation() {
        return "apidoc#services/" + service + "/methods/" + name;
    }

    @Override
    public String toString() {
        return service + "." + name;
    }
}
