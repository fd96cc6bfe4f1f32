package org.bellwether.engine.platform.http;

import java.util.ArrayList;
import java.util.List;
import org.bellwether.api.Routes;
import org.bellwether.api.Service;
import org.jspecify.annotations.Nullable;

/** Finds the objects that a path names. */
final class Targets {
    private Targets() {}

    static List<Target> of(String path) {
        List<Target> targets = new ArrayList<>();
        Service service = Routes.root();
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty()) {
                continue;
            }
            @Nullable Service child = service.child(segment);
            if (child != null) {
                service = child;
            } else {
                Service item = service.item();
                if (item == null || service.actions().containsKey(segment)) {
                    break;
                }
                targets.add(new Target(item.name(), segment));
                service = item;
            }
        }
        return List.copyOf(targets);
    }
}
