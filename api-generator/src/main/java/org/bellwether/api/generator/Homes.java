package org.bellwether.api.generator;

import java.util.Map;
import java.util.TreeMap;
import org.ovirt.api.metamodel.concepts.ListType;
import org.ovirt.api.metamodel.concepts.Locator;
import org.ovirt.api.metamodel.concepts.Model;
import org.ovirt.api.metamodel.concepts.Parameter;

/**
 * Where an object of a type lives when nothing else is known than its id: the collection under the root of the API that
 * lists objects of that type. A reference to it gets its {@code href} from there.
 */
final class Homes {
    private Homes() {}

    /** The collection's segment by the name of the type. */
    static Map<String, String> of(Model model) {
        var homes = new TreeMap<String, String>();
        for (var collection : model.getRoot().getLocators()) {
            var items = collection.getService();
            if (items.locators()
                    .noneMatch(locator -> locator.parameters().findAny().isPresent())) {
                continue;
            }
            items.methods()
                    .filter(method -> method.getName().toString().equals("list"))
                    .flatMap(method -> method.parameters().filter(Parameter::isOut))
                    .map(Parameter::getType)
                    .filter(ListType.class::isInstance)
                    .map(type -> ((ListType) type).getElementType().getName().toString())
                    .findFirst()
                    .ifPresent(type -> homes.putIfAbsent(type, segment(collection)));
        }
        return homes;
    }

    private static String segment(Locator locator) {
        return WireNames.segment(locator.getName());
    }
}
