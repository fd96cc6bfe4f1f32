package org.bellwether.engine.platform.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bellwether.api.Attribute;
import org.bellwether.api.Codec;
import org.bellwether.api.Document;
import org.bellwether.api.Format;
import org.bellwether.api.Hrefs;
import org.bellwether.api.Limits;
import org.bellwether.api.RouteMatch;
import org.bellwether.api.Routes;
import org.bellwether.api.Service;
import org.bellwether.api.ServiceMethod;
import org.bellwether.api.Struct;
import org.bellwether.api.StructType;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Principal;
import org.jspecify.annotations.Nullable;

/**
 * The API: from a request to the handler of its route and back. In order: version and path, the caller, the route, the
 * permit, the body, the handler, what is to be followed, the answer in the format that the client reads.
 */
public final class ApiEndpoint implements Endpoint {
    private static final int DEPTH = 64;
    private static final int VALUES = 200_000;

    private final ApiRoutes routes;
    private final Gate gate;
    private final Rights rights;
    private final SignOn signOn;
    /** Apart, because a change may wait for a host: a host that hangs must not keep anybody from looking. */
    private final Turns reads;

    private final Turns changes;
    private final Limits limits;
    private final Conditions conditions = new Conditions();

    public ApiEndpoint(ApiRoutes routes, Gate gate, HttpSettings settings) {
        this.routes = routes;
        this.gate = gate;
        this.rights = new Rights(gate);
        this.signOn = new SignOn(gate);
        this.reads = new Turns(settings.concurrent(), settings.patience());
        this.changes = new Turns(settings.concurrent(), settings.patience());
        this.limits = new Limits(settings.bodyLimit(), DEPTH, VALUES);
    }

    @Override
    public WebReply answer(WebRequest request) {
        ApiPath path = ApiPath.of(request);
        SignOn.Caller caller = signOn.identify(request);
        return caller.answered(routed(request, path, caller.principal()));
    }

    private WebReply routed(WebRequest request, ApiPath path, Principal principal) {
        return switch (request.method()) {
            case "GET", "HEAD" -> matched(request, path, principal, "GET");
            case "OPTIONS" -> options(path);
            default -> matched(request, path, principal, request.method());
        };
    }

    private WebReply matched(WebRequest request, ApiPath path, Principal principal, String verb) {
        return switch (Routes.match(verb, path.below())) {
            case RouteMatch.Found(var service, var method, var ids) -> {
                try {
                    yield verb.equals("GET")
                            ? Conditions.unlessKnown(request, called(request, path, principal, service, method))
                            : conditions.change(
                                    request,
                                    object(path, method),
                                    format -> current(request, path, principal, method, format),
                                    () -> called(request, path, principal, service, method));
                } catch (RuntimeException thrown) {
                    if (method.isAction()) {
                        yield Faults.ofAction(request, thrown);
                    }
                    throw thrown;
                }
            }
            case RouteMatch.OtherVerbs(var allowed) ->
                throw new WebException(
                        405,
                        "Operation Failed",
                        Failure.badRequest(request.plainPath() + " does not take " + verb)
                                .next("Use " + String.join(" or ", new TreeSet<>(allowed))));
            case RouteMatch.Unknown() ->
                throw Failure.notFound("The API has nothing at " + request.plainPath())
                        .next("The links at " + path.prefix() + " and in every object say what there is");
        };
    }

    /** The path of the object that a call is about; that of an action is the object's it is done to. */
    private static String object(ApiPath path, ServiceMethod method) {
        return method.isAction() ? path.below().substring(0, path.below().lastIndexOf('/')) : path.below();
    }

    /** What a GET of the object that is to be changed would answer. */
    private WebReply current(
            WebRequest request, ApiPath path, Principal principal, ServiceMethod method, Format format) {
        Map<String, String> headers = new HashMap<>(request.headers());
        headers.keySet().removeAll(Set.of("if-match", "if-none-match"));
        headers.put("accept", format.mediaType());
        WebRequest get = new WebRequest(
                "GET",
                request.path(),
                request.query(),
                headers,
                request.body(),
                request.remote(),
                request.secure(),
                request.correlation());
        return matched(get, new ApiPath(path.prefix(), object(path, method)), principal, "GET");
    }

    private WebReply called(
            WebRequest request, ApiPath path, Principal principal, Service service, ServiceMethod method) {
        Format format = Negotiation.accepted(request.header("accept"));
        Parameters parameters = Parameters.of(request);
        if (parameters.flag("filter").equals(Optional.of(false)) && !principal.administrator()) {
            throw Failure.forbidden(principal.name() + " may not see everything")
                    .because("only administrators may ask with Filter: false")
                    .next("Leave the header out, or set it to true");
        }
        StructType<?> result = method.result();
        ApiRequest.Call call = new ApiRequest.Call(
                principal,
                request.correlation(),
                path.prefix(),
                path.below(),
                Targets.of(path.below()),
                parameters,
                request.header("accept").orElse(""),
                gate,
                result == null ? "" : result.name(),
                parameters.flag("filter").orElse(!principal.administrator()));
        Optional<ApiRoutes.Served> served = routes.find(method);
        rights.enter(call);
        if (principal.readOnly() && !method.verb().equals("GET")) {
            throw Failure.forbidden("The access token may only read")
                    .because("it was made so")
                    .next("Use another one");
        }
        served.ifPresent(each -> rights.permit(call, each.permit(), method));
        if (served.isEmpty() && !method.verb().equals("GET")) {
            return written(unserved(method, service, path), method, path, format);
        }
        List<? extends Struct> body = body(request, method);
        served.ifPresent(each -> body.forEach(one -> rights.document(call, each.permit(), service, method, one)));
        Turns turns = method.verb().equals("GET") ? reads : changes;
        return turns.take(() -> principal.doing(() -> {
            ApiRequest api = new ApiRequest(call, body);
            Reply reply = served.isPresent() ? served.get().handler().handle(api) : unserved(method, service, path);
            Reply shown = rights.shown(call, reply);
            Reply followed = new Follow(routes, rights, call).followed(shown, wished(api, result));
            return method.verb().equals("GET") && minimal(request)
                    ? bare(followed, method, path, format)
                    : written(followed, method, path, format);
        }));
    }

    /** What is to be followed: what {@code follow} says, and those of the wishes of {@code detail} that are links. */
    private static @Nullable String wished(ApiRequest request, @Nullable StructType<?> result) {
        String follow = request.follow();
        if (result == null || request.details().isEmpty()) {
            return follow;
        }
        List<String> all = new ArrayList<>();
        if (follow != null) {
            all.add(follow);
        }
        request.details().stream()
                // What it is on a machine that runs is what it is here always.
                .map(wish -> wish.equals("current_graphics_consoles") ? "graphics_consoles" : wish)
                .filter(wish -> leads(result, wish))
                .forEach(all::add);
        return String.join(",", all);
    }

    private static boolean leads(StructType<?> type, String wish) {
        Attribute link = wish.isBlank() ? null : type.followed(wish);
        return link != null && link.isLink();
    }

    private List<? extends Struct> body(WebRequest request, ServiceMethod method) {
        StructType<?> type = method.body();
        if (type == null) {
            return List.of();
        }
        byte[] document = request.body().read(limits.bytes());
        if (document.length == 0) {
            return List.of(demanded(method, type.newBuilder().build()));
        }
        Format format = Negotiation.sent(request.header("content-type"), document);
        try {
            return method.isBodyList()
                    ? Codec.readList(format, document, type, limits)
                    : List.of(demanded(method, Codec.read(format, document, type, limits)));
        } catch (org.bellwether.api.BadDocument bad) {
            if (bad.what() == org.bellwether.api.BadDocument.Cause.SYNTAX) {
                String usage = "For correct usage, see: /ovirt-engine/" + method.documentation();
                throw new WebException(400, bad.reason(), bad.detail() + " " + usage);
            }
            throw bad;
        }
    }

    private static Struct demanded(ServiceMethod method, Struct body) {
        method.missing(body).ifPresent(missing -> {
            throw new WebException(400, "Incomplete parameters", missing);
        });
        return body;
    }

    /** What no feature brings yet: reading finds nothing, anything else says so. */
    static Reply unserved(ServiceMethod method, Service service, ApiPath path) {
        if (method.name().equals("list")) {
            return Reply.list(List.of());
        }
        if (method.verb().equals("GET")) {
            throw Failure.notFound("There is no " + service.name().replace('_', ' ') + " at " + path.below());
        }
        throw new WebException(
                501,
                "Operation Failed",
                Failure.badRequest("This engine does not serve " + service.name() + "." + method.name() + " yet")
                        .undone("Nothing was changed")
                        .next("See the release notes for what is served"));
    }

    private static WebReply written(Reply reply, ServiceMethod method, ApiPath path, Format format) {
        String prefix = path.prefix();
        return switch (reply) {
            case Reply.One(var object) -> {
                WebReply document = tagged(format, Codec.document(format, object, Hrefs.at(prefix, path.below())));
                yield path.below().isEmpty() ? document.with("Link", RootLinks.header(prefix)) : document;
            }
            case Reply.Many(var objects) ->
                tagged(format, Codec.document(format, resultOf(method), objects, Hrefs.at(prefix, path.below())));
            case Reply.Created(var object, var finished) -> created(object, finished, path, format);
            case Reply.Done(var outcome) -> document(200, format, Codec.document(format, outcome, Hrefs.under(prefix)));
            case Reply.Raw(var type, var content) -> WebReply.of(200, type, content);
        };
    }

    /** Who shows thousands of objects needs no links in each, which are most of it. */
    private static boolean minimal(WebRequest request) {
        return Stream.of(request.header("prefer").orElse("").split("[,;]"))
                .anyMatch(wish -> wish.strip().equalsIgnoreCase("return=minimal"));
    }

    private static WebReply bare(Reply reply, ServiceMethod method, ApiPath path, Format format) {
        return switch (reply) {
            case Reply.One(var object) -> applied(tagged(format, Codec.document(format, object, Hrefs.none())));
            case Reply.Many(var objects) ->
                applied(tagged(format, Codec.document(format, resultOf(method), objects, Hrefs.none())));
            case Reply.Created _, Reply.Done _, Reply.Raw _ -> written(reply, method, path, format);
        };
    }

    private static WebReply applied(WebReply reply) {
        return reply.with("Preference-Applied", "return=minimal");
    }

    private static StructType<?> resultOf(ServiceMethod method) {
        StructType<?> type = method.result();
        if (type == null) {
            throw new IllegalStateException("The method " + method + " answers no list.");
        }
        return type;
    }

    private static WebReply created(Struct object, boolean finished, ApiPath path, Format format) {
        Object id = object.structType().attribute("id") == null ? null : object.value("id");
        String below = id == null ? path.below() : path.below() + "/" + Segments.encoded((String) id);
        Document document = Codec.document(format, object, Hrefs.at(path.prefix(), below));
        return document(finished ? 201 : 202, format, document).with("Location", path.prefix() + below);
    }

    private static WebReply tagged(Format format, Document document) {
        return document(200, format, document).with("ETag", Conditions.tag(document));
    }

    private static WebReply document(int status, Format format, Document document) {
        return WebReply.of(status, format.mediaType(), document::writeTo);
    }

    private static WebReply options(ApiPath path) {
        Service service = Routes.at(path.below());
        if (service == null) {
            throw Failure.notFound("The API has nothing at " + path.below());
        }
        List<String> verbs = new ArrayList<>(List.of("OPTIONS"));
        Map<String, Boolean> known = new HashMap<>();
        for (ServiceMethod method : service.methods().values()) {
            if (!method.isAction() && known.put(method.verb(), true) == null) {
                verbs.add(method.verb());
            }
        }
        if (known.containsKey("GET")) {
            verbs.add("HEAD");
        }
        return WebReply.text(200, "application/xml", "")
                .with("Allow", String.join(", ", verbs).toUpperCase(Locale.ROOT));
    }
}
