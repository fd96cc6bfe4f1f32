package org.bellwether.api;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.bellwether.api.Places.Place;

/** Writes one document in JSON. */
final class JsonWriter {
    private static final byte[] HREF = "\"href\":\"".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] TRUE = "\"true\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "\"false\"".getBytes(StandardCharsets.US_ASCII);

    private final Bytes out;
    private final Hrefs hrefs;
    private final byte[] prefix;

    JsonWriter(Bytes out, Hrefs hrefs) {
        this.out = out;
        this.hrefs = hrefs;
        this.prefix = hrefs.prefix().getBytes(StandardCharsets.UTF_8);
    }

    void document(Struct struct) {
        object(struct, Places.ofDocument(hrefs), true);
    }

    void document(StructType<?> type, List<? extends Struct> list) {
        var collection = Places.ofDocument(hrefs);
        out.put('{');
        if (!list.isEmpty()) {
            out.ascii("\"" + type.element() + "\":[");
            for (int i = 0; i < list.size(); i++) {
                if (i > 0) {
                    out.put(',');
                }
                var item = list.get(i);
                object(item, Places.ofItem(collection, item), true);
            }
            out.put(']');
        }
        out.put('}');
    }

    private void object(Struct struct, Place given, boolean whole) {
        var type = struct.structType();
        var place = hrefs.isNone() ? Places.NOWHERE : Places.own(struct, given);
        int start = out.size();
        for (var attribute : type.attributes()) {
            var value = struct.value(attribute.index());
            if (value != null && (!attribute.isHref() || hrefs.isNone()) && !isLost(value)) {
                out.put(out.size() == start ? '{' : ',');
                out.put(attribute.jsonKey());
                attribute(attribute, value, place);
            }
        }
        if (place.path() != null) {
            located(type, place, whole || !struct.isReference(), start);
        }
        if (out.size() == start) {
            out.put('{');
        }
        out.put('}');
    }

    /** What an object has because it is somewhere: its href, and unless it is only referred to, links and actions. */
    private void located(StructType<?> type, Place place, boolean whole, int start) {
        var href = place(place);
        if (type.hasHref()) {
            out.put(out.size() == start ? '{' : ',');
            out.put(HREF);
            out.put(href);
            out.put('"');
        }
        var service = place.service();
        if (whole && service != null && service.decoration().json().length > 0) {
            out.put(out.size() == start ? '{' : ',');
            decorate(service, href);
        }
    }

    /** An object that says no more than which it is. */
    private void reference(Struct struct, StructType.Home home) {
        int start = out.size();
        var type = struct.structType();
        for (var attribute : type.identity()) {
            var value = struct.value(attribute.index());
            if (value != null) {
                out.put(out.size() == start ? '{' : ',');
                out.put(attribute.jsonKey());
                one(attribute, value, Places.NOWHERE);
            }
        }
        var id = type.idOf(struct);
        var own = type.hrefOf(struct);
        if (own != null || (id != null && home.item() != null)) {
            out.put(out.size() == start ? '{' : ',');
            out.put(HREF);
            out.put(prefix);
            if (own != null) {
                out.json(own);
            } else {
                out.ascii(home.path());
                out.ascii(Places.encoded(String.valueOf(id)));
            }
            out.put('"');
        }
        if (out.size() == start) {
            out.put('{');
        }
        out.put('}');
    }

    private byte[] place(Place place) {
        var path = String.valueOf(place.path());
        var href = new Bytes(prefix.length + path.length() * Bytes.LONGEST);
        href.put(prefix);
        href.json(path);
        return href.toArray();
    }

    private void decorate(Service service, byte[] href) {
        var pieces = service.decoration().json();
        for (int i = 0; i < pieces.length; i++) {
            if (i > 0) {
                out.put(href);
            }
            out.put(pieces[i]);
        }
    }

    private void attribute(Attribute attribute, Object value, Place owner) {
        if (!attribute.isList()) {
            one(attribute, value, owner);
            return;
        }
        out.ascii("{\"");
        out.ascii(attribute.inner());
        out.ascii("\":[");
        var list = (List<?>) value;
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) {
                out.put(',');
            }
            one(attribute, list.get(i), owner);
        }
        out.ascii("]}");
    }

    private void one(Attribute attribute, Object value, Place owner) {
        switch (attribute.kind()) {
            case STRING -> quoted((String) value);
            case INTEGER -> {
                out.put('"');
                out.number((Long) value);
                out.put('"');
            }
            case BOOLEAN -> out.put((Boolean) value ? TRUE : FALSE);
            case ENUM -> {
                out.put('"');
                out.ascii(((WireEnum) value).wire());
                out.put('"');
            }
            case DATE -> out.number(((Instant) value).toEpochMilli());
            case DECIMAL -> out.ascii(Numbers.plain((Double) value));
            case STRUCT -> inner(attribute, (Struct) value, owner);
        }
    }

    private void inner(Attribute attribute, Struct struct, Place owner) {
        if (hrefs.isNone()) {
            object(struct, Places.NOWHERE, false);
            return;
        }
        var home = struct.structType().home();
        if (struct.isReference() && (home.item() != null || !attribute.isList())) {
            reference(struct, home);
        } else {
            object(struct, Places.ofValue(owner, attribute, struct), false);
        }
    }

    /** A number that no document can carry is as good as absent. */
    private static boolean isLost(Object value) {
        return value instanceof Double number && !Double.isFinite(number);
    }

    private void quoted(String text) {
        out.put('"');
        out.json(text);
        out.put('"');
    }
}
