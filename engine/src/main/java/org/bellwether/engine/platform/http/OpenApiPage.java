package org.bellwether.engine.platform.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.bellwether.api.Attribute;
import org.bellwether.api.Parameter;
import org.bellwether.api.Route;
import org.bellwether.api.Routes;
import org.bellwether.api.StructType;

/**
 * The API described as OpenAPI 3.1, made from the same tables that serve it: what this engine serves, with the permit that each
 * call needs. Anybody may read it, for it tells nothing about an installation.
 */
public final class OpenApiPage implements Endpoint {

    public static final String PATH = "/ovirt-engine/services/openapi.json";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final ApiRoutes routes;
    private byte[] document = new byte[0];

    public OpenApiPage(ApiRoutes routes) {
        this.routes = routes;
    }

    @Override
    public WebReply answer(WebRequest request) {
        byte[] bytes = document();
        return WebReply.of(200, WebReply.JSON, out -> out.write(bytes));
    }

    /** Made when somebody asks first: a start must not wait for it. */
    private synchronized byte[] document() {
        if (document.length == 0) {
            document = written(routes).toString().getBytes(StandardCharsets.UTF_8);
        }
        return document;
    }

    private static ObjectNode written(ApiRoutes routes) {
        ObjectNode root = NODES.objectNode().put("openapi", "3.1.0");
        root.putObject("info").put("title", "Bellwether").put("version", "4.5");
        root.putArray("servers").addObject().put("url", ApiPath.BASE);
        root.putArray("security").addObject().putArray("token");
        ObjectNode paths = root.putObject("paths");
        ObjectNode components = root.putObject("components");
        ObjectNode token = components.putObject("securitySchemes").putObject("token");
        token.put("type", "http").put("scheme", "bearer");
        Deque<StructType<?>> types = new ArrayDeque<>();
        for (Route route : Routes.all()) {
            if (routes.serves(route.method())) {
                operation(paths.withObjectProperty(numbered(route.path())), route, routes, types);
            }
        }
        schemas(components.putObject("schemas"), types);
        return root;
    }

    /** Names of parameters of one path must differ: {@code /vms/{id}/nics/{id}} becomes {@code /vms/{id1}/nics/{id2}}. */
    private static String numbered(String path) {
        StringBuilder text = new StringBuilder();
        int number = 0;
        for (String segment : path.substring(1).split("/", -1)) {
            text.append('/').append(segment.startsWith("{") ? "{id" + ++number + "}" : segment);
        }
        return text.toString();
    }

    private static void operation(ObjectNode path, Route route, ApiRoutes routes, Deque<StructType<?>> types) {
        var method = route.method();
        ObjectNode operation = path.putObject(route.verb().toLowerCase(Locale.ROOT));
        operation.put(
                "operationId", method + "-" + Integer.toHexString(route.path().hashCode()));
        operation.putArray("tags").add(route.service().name());
        routes.permit(method).ifPresent(permit -> operation.put("x-permit", permit.wireName()));
        var parameters = operation.putArray("parameters");
        long ids = route.path().chars().filter(each -> each == '{').count();
        for (int i = 1; i <= ids; i++) {
            ObjectNode parameter = parameters
                    .addObject()
                    .put("name", "id" + i)
                    .put("in", "path")
                    .put("required", true);
            parameter.putObject("schema").put("type", "string");
        }
        for (Parameter each : method.parameters()) {
            if (each.in() && !each.isStruct() && !method.isAction()) {
                ObjectNode parameter =
                        parameters.addObject().put("name", each.name()).put("in", "query");
                parameter.putObject("schema").put("type", "string");
            }
        }
        StructType<?> body = method.body();
        if (body != null) {
            content(operation.putObject("requestBody"), body, types);
        }
        ObjectNode responses = operation.putObject("responses");
        ObjectNode good = responses.putObject("200").put("description", "done");
        StructType<?> result = method.result();
        if (result != null) {
            content(good, result, types);
        }
        responses.putObject("default").put("description", "a fault that says what is wrong");
    }

    private static void content(ObjectNode holder, StructType<?> type, Deque<StructType<?>> types) {
        types.add(type);
        ObjectNode content = holder.putObject("content");
        for (String media : new String[] {WebReply.JSON, WebReply.XML}) {
            content.putObject(media).putObject("schema").put("$ref", "#/components/schemas/" + type.name());
        }
    }

    private static void schemas(ObjectNode schemas, Deque<StructType<?>> types) {
        Set<String> known = new HashSet<>();
        while (!types.isEmpty()) {
            StructType<?> type = types.remove();
            if (known.add(type.name())) {
                ObjectNode properties =
                        schemas.putObject(type.name()).put("type", "object").putObject("properties");
                for (Attribute attribute : type.attributes()) {
                    ObjectNode schema = properties.putObject(attribute.wire());
                    if (attribute.isList()) {
                        schema.put("type", "object");
                        ObjectNode inner = schema.putObject("properties").putObject(attribute.inner());
                        value(inner.put("type", "array").putObject("items"), attribute, types);
                    } else {
                        value(schema, attribute, types);
                    }
                }
            }
        }
    }

    private static void value(ObjectNode schema, Attribute attribute, Deque<StructType<?>> types) {
        switch (attribute.kind()) {
            case STRUCT -> {
                types.add(attribute.struct());
                schema.put("$ref", "#/components/schemas/" + attribute.struct().name());
            }
            case DECIMAL -> schema.put("type", "number");
            case DATE -> schema.put("type", "integer").put("description", "milliseconds since 1970");
            case INTEGER -> schema.put("type", "string").put("pattern", "^-?[0-9]+$");
            case BOOLEAN ->
                schema.put("type", "string").putArray("enum").add("true").add("false");
            case ENUM, STRING -> schema.put("type", "string");
        }
    }
}
