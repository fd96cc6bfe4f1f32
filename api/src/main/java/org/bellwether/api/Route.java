package org.bellwether.api;

/**
 * One route of the API.
 *
 * @param verb GET, POST, PUT or DELETE
 * @param path the path below the prefix, with names in braces where ids stand: {@code /vms/{id}/start}
 * @param service the service behind it
 * @param method the method of the service
 */
public record Route(String verb, String path, Service service, ServiceMethod method) {
    @Override
    public String toString() {
        return verb + " " + path + "  [" + method + "]";
    }
}
