package org.bellwether.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where the objects of a document live. An object's own {@code href} decides; else what lies in a list below its owner
 * has a path below the owner's, and what is only referred to has the path of its home under the root.
 */
final class Places {
    /** The place of an object that is nowhere: it gets neither href nor links. */
    static final Place NOWHERE = new Place(null, null);

    private static final String PREFIX = "/ovirt-engine/api";
    private static final String VERSION = "/v4";
    private static final String PLAIN = "-._~:@";

    private Places() {}

    /**
     * Where an object is.
     *
     * @param path below the prefix
     * @param service the service behind the path
     */
    record Place(@Nullable String path, @Nullable Service service) {}

    static Place ofDocument(Hrefs hrefs) {
        var path = hrefs.path();
        return path == null ? NOWHERE : new Place(path, Routes.at(path));
    }

    /** An item of the collection at a place. */
    static Place ofItem(Place collection, Struct item) {
        var path = collection.path();
        var service = collection.service();
        var id = item.structType().idOf(item);
        if (path == null || service == null || id == null || service.item() == null) {
            return NOWHERE;
        }
        return new Place(path + "/" + encoded(id), service.item());
    }

    /** An object in an attribute of an owner at a place. */
    static Place ofValue(Place owner, Attribute attribute, Struct value) {
        var type = value.structType();
        var id = type.idOf(value);
        if (id == null) {
            return NOWHERE;
        }
        var home = type.home();
        var service = owner.service();
        if (attribute.isList() && service != null && (home.item() == null || !value.isReference())) {
            var below = service.child(attribute.linkName());
            var item = below == null ? null : below.item();
            if (item != null) {
                return new Place(owner.path() + "/" + attribute.linkName() + "/" + encoded(id), item);
            }
        }
        return home.item() == null ? NOWHERE : new Place(home.path() + encoded(id), home.item());
    }

    /** The place that the object names itself, or else the given one. */
    static Place own(Struct struct, Place otherwise) {
        var href = struct.structType().hrefOf(struct);
        return href == null ? otherwise : new Place(href, Routes.at(href));
    }

    /** An href of a document without the prefix of the API: as hrefs are kept. */
    static String below(String href) {
        if (!href.startsWith(PREFIX)) {
            return href;
        }
        int end = href.startsWith(VERSION, PREFIX.length()) ? PREFIX.length() + VERSION.length() : PREFIX.length();
        return href.length() == end || href.charAt(end) == '/' ? href.substring(end) : href;
    }

    /** The id as a segment of a path. */
    static String encoded(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && PLAIN.indexOf(c) < 0) {
                return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
            }
        }
        return id;
    }
}
