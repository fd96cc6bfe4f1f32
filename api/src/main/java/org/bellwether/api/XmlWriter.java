package org.bellwether.api;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.bellwether.api.Places.Place;

/** Writes one document in XML. */
final class XmlWriter {
    private static final byte[] DECLARATION =
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] HREF = " href=\"".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    private final Bytes out;
    private final Hrefs hrefs;
    private final byte[] prefix;

    XmlWriter(Bytes out, Hrefs hrefs) {
        this.out = out;
        this.hrefs = hrefs;
        this.prefix = hrefs.prefix().getBytes(StandardCharsets.UTF_8);
    }

    void document(Struct struct) {
        out.put(DECLARATION);
        object(name(struct.structType().element()), struct, Places.ofDocument(hrefs), true);
    }

    void document(StructType<?> type, List<? extends Struct> list) {
        out.put(DECLARATION);
        var collection = Places.ofDocument(hrefs);
        var plural = name(type.plural());
        var element = name(type.element());
        int content = open(plural);
        // What can be done to a collection is not written: the SDK takes whatever stands here for one of its objects.
        for (var item : list) {
            object(element, item, Places.ofItem(collection, item), true);
        }
        close(plural, content);
    }

    private void object(byte[] name, Struct struct, Place given, boolean whole) {
        var place = hrefs.isNone() ? Places.NOWHERE : Places.own(struct, given);
        var type = struct.structType();
        var service = place.service();
        out.put('<');
        out.put(name);
        var href = place.path() == null ? null : place(place);
        if (href != null && type.hasHref()) {
            out.put(HREF);
            out.put(href);
            out.put('"');
        }
        for (var attribute : type.attributes()) {
            var value = struct.value(attribute.index());
            if (value != null && attribute.isXmlAttribute() && !(attribute.isHref() && !hrefs.isNone())) {
                out.put(' ');
                out.put(attribute.xmlName());
                out.ascii("=\"");
                plain(attribute, value);
                out.put('"');
            }
        }
        out.put('>');
        int content = out.size();
        if (href != null && service != null && (whole || !struct.isReference())) {
            decorate(service, href);
        }
        for (var attribute : type.attributes()) {
            var value = struct.value(attribute.index());
            if (value != null && !attribute.isXmlAttribute()) {
                attribute(attribute, value, place);
            }
        }
        close(name, content);
    }

    private byte[] place(Place place) {
        var path = String.valueOf(place.path());
        var href = new Bytes(prefix.length + path.length() * Bytes.LONGEST);
        href.put(prefix);
        href.xml(path);
        return href.toArray();
    }

    private void decorate(Service service, byte[] href) {
        var pieces = service.decoration().xml();
        for (int i = 0; i < pieces.length; i++) {
            if (i > 0) {
                out.put(href);
            }
            out.put(pieces[i]);
        }
    }

    private void attribute(Attribute attribute, Object value, Place owner) {
        if (!attribute.isList()) {
            one(attribute.xmlName(), attribute, value, owner);
            return;
        }
        int content = open(attribute.xmlName());
        var inner = attribute.xmlInner();
        for (var each : (List<?>) value) {
            one(inner, attribute, each, owner);
        }
        close(attribute.xmlName(), content);
    }

    private void one(byte[] name, Attribute attribute, Object value, Place owner) {
        if (value instanceof Struct struct) {
            inner(name, attribute, struct, owner);
            return;
        }
        if (value instanceof Double number && !Double.isFinite(number)) {
            return;
        }
        open(name);
        plain(attribute, value);
        out.ascii("</");
        out.put(name);
        out.put('>');
    }

    private void inner(byte[] name, Attribute attribute, Struct struct, Place owner) {
        if (hrefs.isNone()) {
            object(name, struct, Places.NOWHERE, false);
            return;
        }
        var home = struct.structType().home();
        if (struct.isReference() && (home.item() != null || !attribute.isList())) {
            reference(name, struct, home);
        } else {
            object(name, struct, Places.ofValue(owner, attribute, struct), false);
        }
    }

    /** An object that says no more than which it is. */
    private void reference(byte[] name, Struct struct, StructType.Home home) {
        var type = struct.structType();
        var id = type.idOf(struct);
        var own = type.hrefOf(struct);
        out.put('<');
        out.put(name);
        if (own != null || (id != null && home.item() != null)) {
            out.put(HREF);
            out.put(prefix);
            if (own != null) {
                out.xml(own);
            } else {
                out.ascii(home.path());
                out.ascii(Places.encoded(String.valueOf(id)));
            }
            out.put('"');
        }
        for (var attribute : type.identity()) {
            var value = struct.value(attribute.index());
            if (value != null && attribute.isXmlAttribute()) {
                out.put(' ');
                out.put(attribute.xmlName());
                out.ascii("=\"");
                plain(attribute, value);
                out.put('"');
            }
        }
        out.put('>');
        int content = out.size();
        for (var attribute : type.identity()) {
            var value = struct.value(attribute.index());
            if (value != null && !attribute.isXmlAttribute()) {
                one(attribute.xmlName(), attribute, value, Places.NOWHERE);
            }
        }
        close(name, content);
    }

    private void plain(Attribute attribute, Object value) {
        switch (attribute.kind()) {
            case STRING -> out.xml((String) value);
            case INTEGER -> out.number((Long) value);
            case BOOLEAN -> out.put((Boolean) value ? TRUE : FALSE);
            case ENUM -> out.ascii(((WireEnum) value).wire());
            case DATE -> out.ascii(Numbers.dateTime((Instant) value));
            case DECIMAL -> out.ascii(Numbers.plain((Double) value));
            case STRUCT -> throw new IllegalStateException("The object in " + attribute + " is no plain value.");
        }
    }

    /** Returns where the content begins. */
    private int open(byte[] name) {
        out.put('<');
        out.put(name);
        out.put('>');
        return out.size();
    }

    private void close(byte[] name, int content) {
        if (out.size() == content) {
            out.back();
            out.ascii("/>");
            return;
        }
        out.ascii("</");
        out.put(name);
        out.put('>');
    }

    private static byte[] name(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
