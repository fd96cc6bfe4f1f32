package org.bellwether.engine.platform.http;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.bellwether.api.Struct;
import org.bellwether.api.types.Action;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/** One call of a method of the API, as its handler sees it. The caller is known and holds the route's permit. */
public final class ApiRequest {
    private final Principal principal;
    private final String correlation;
    private final String prefix;
    private final String path;
    private final List<Target> targets;
    private final Parameters parameters;
    private final List<? extends Struct> body;
    private final String accept;
    private final Gate gate;
    private final String kind;
    private final boolean filtered;

    ApiRequest(Call call, List<? extends Struct> body) {
        this.principal = call.principal();
        this.correlation = call.correlation();
        this.prefix = call.prefix();
        this.path = call.path();
        this.targets = call.targets();
        this.parameters = call.parameters();
        this.accept = call.accept();
        this.gate = call.gate();
        this.kind = call.kind();
        this.filtered = call.filtered();
        this.body = body;
    }

    /**
     * What the edge knows of a call before it has read the body.
     *
     * @param kind what the answer is made of, for instance {@code vm}
     * @param filtered whether only what the caller's permissions show is to be seen
     */
    record Call(
            Principal principal,
            String correlation,
            String prefix,
            String path,
            List<Target> targets,
            Parameters parameters,
            String accept,
            Gate gate,
            String kind,
            boolean filtered) {}

    /** Who calls. */
    public Principal principal() {
        return principal;
    }

    /** The id under which the job, the events and the log tell of this call. */
    public String correlationId() {
        return correlation;
    }

    /** What stands before the paths of hrefs, for instance {@code /ovirt-engine/api}. */
    public String prefix() {
        return prefix;
    }

    /** The path below the prefix, for instance {@code /vms/123/start}. */
    public String path() {
        return path;
    }

    /** The objects that the path names, the outermost first. */
    public List<Target> targets() {
        return targets;
    }

    /**
     * An id of the path as it stands there.
     *
     * @param index 0 for the outermost
     */
    public String pathId(int index) {
        return targets.get(index).id();
    }

    /** The innermost id of the path as it stands there. */
    public String pathId() {
        return targets.getLast().id();
    }

    /**
     * An id of the path.
     *
     * @param index 0 for the outermost
     * @throws Failure of the kind NOT_FOUND if it is no UUID, because then there is no such object either
     */
    public <T> Id<T> id(int index) {
        Target target = targets.get(index);
        try {
            return Id.of(target.id());
        } catch (IllegalArgumentException malformed) {
            throw Failure.notFound("There is no " + target.service().replace('_', ' ') + " with the id " + target.id());
        }
    }

    /** The innermost id of the path. */
    public <T> Id<T> id() {
        return id(targets.size() - 1);
    }

    /** The object that was sent; what the API says must be in it is in it. */
    public <T extends Struct> T body(Class<T> type) {
        return type.cast(body.getFirst());
    }

    /** The objects that were sent, for the few methods that take a list. */
    public <T extends Struct> List<T> bodies(Class<T> type) {
        return body.stream().map(type::cast).toList();
    }

    /** What was sent to an action: its parameters are attributes. */
    public Action action() {
        return body(Action.class);
    }

    public Optional<String> parameter(String name) {
        return parameters.text(name);
    }

    /** A parameter that is yes or no; what is not given is no. */
    public boolean flag(String name) {
        return parameters.flag(name).orElse(false);
    }

    /** A parameter that is yes or no, if it is given: for those whose default is yes. */
    public Optional<Boolean> flagIfGiven(String name) {
        return parameters.flag(name);
    }

    /** @throws RuntimeException that becomes a fault if it is given and no number */
    public OptionalLong number(String name) {
        return parameters.number(name);
    }

    /** The most objects that a list may have; absent means all. */
    public OptionalInt maximum() {
        return parameters.maximum();
    }

    /** Whether only what the caller's permissions show is to be seen. */
    public boolean filtered() {
        return filtered;
    }

    /** Whether the answer may tell of an object, for what tells of objects that are not in the path. */
    public boolean sees(String objectKind, Object id) {
        return !filtered || gate.sees(principal, new Target(objectKind, id.toString()));
    }

    /** As {@link #sees}, but not of one that the caller sees only because something of theirs lies in it. */
    public boolean looksInto(String objectKind, Object id) {
        return !filtered || gate.looksInto(principal, new Target(objectKind, id.toString()));
    }

    /** Whether parts are wanted that are costly to collect. */
    public boolean allContent() {
        return parameters.flag("all_content").orElse(false);
    }

    /** Whether the caller does not want to wait for the end. */
    public boolean async() {
        Boolean ofAction = (!body.isEmpty() && body.getFirst() instanceof Action action) ? action.async() : null;
        return ofAction != null ? ofAction : flag("async");
    }

    /** What the caller wants beside the objects themselves, for instance {@code statistics} or {@code -main}. */
    public Set<String> details() {
        return parameters.details();
    }

    /** Whether the caller asks for a document of this type, for instance {@code application/x-virt-viewer}. */
    public boolean accepts(String contentType) {
        return accept.contains(contentType);
    }

    /** Refuses the call unless the caller holds a permit on an object that is not in the path. */
    public void require(Permit permit, Target object) {
        if (!gate.allows(principal, permit, List.of(object))) {
            throw Failure.forbidden(principal.name() + " may not do this")
                    .because("the permit " + permit.wireName() + " on " + object.service() + " " + object.id()
                            + " is needed")
                    .next("Ask an administrator for a role that has it");
        }
    }

    /** The query of {@code search}; empty if there is none. */
    public String search() {
        return parameters.text("search").orElse("");
    }

    /** The objects that {@code search}, {@code case_sensitive}, {@code max} and the page ask for. */
    public <T> List<T> search(SearchSchema<T> schema, Collection<T> all) {
        Collection<T> objects = seen(all);
        String query = search();
        if (query.isBlank()) {
            OptionalInt maximum = maximum();
            return maximum.isPresent()
                    ? objects.stream().limit(maximum.getAsInt()).toList()
                    : List.copyOf(objects);
        }
        boolean caseSensitive = parameters.flag("case_sensitive").orElse(false);
        return schema.compile(query, caseSensitive, Instant.now()).in(objects, maximum());
    }

    /** As many of the objects as {@code max} allows, for lists without a search. */
    public <T> List<T> limited(Collection<T> all) {
        Collection<T> objects = seen(all);
        OptionalInt maximum = maximum();
        return maximum.isPresent() ? objects.stream().limit(maximum.getAsInt()).toList() : List.copyOf(objects);
    }

    /** Before a page is cut out of them, so that it is full. */
    private <T> Collection<T> seen(Collection<T> objects) {
        return filtered
                ? objects.stream()
                        .filter(each -> !(each instanceof Stored<?> stored) || sees(kind, stored.id()))
                        .toList()
                : objects;
    }

    /** The wish of a client that is told by {@code follow}; empty if there is none. */
    @Nullable
    String follow() {
        return parameters.text("follow").orElse(null);
    }
}
