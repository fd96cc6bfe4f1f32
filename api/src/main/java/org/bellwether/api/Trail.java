package org.bellwether.api;

import java.util.ArrayList;

/**
 * Where a reader stands, from the root of the document inwards. It becomes text only when something is wrong there.
 */
final class Trail {
    private final String root;
    private final ArrayList<Attribute> inside = new ArrayList<>();

    Trail(String root) {
        this.root = root;
    }

    void enter(Attribute attribute) {
        inside.add(attribute);
    }

    void leave() {
        inside.removeLast();
    }

    /** Such as {@code vm.cpu.topology}. */
    @Override
    public String toString() {
        var text = new StringBuilder(root);
        inside.forEach(each -> text.append('.').append(each.wire()));
        return text.toString();
    }
}
