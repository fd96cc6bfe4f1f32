package org.bellwether.engine;

import java.io.IOException;
import java.io.StringReader;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** The shape of an XML answer, in the same words as that of a JSON answer: the root's name does not count. */
final class XmlShape {
    private final Map<String, Set<String>> found = new TreeMap<>();

    private XmlShape() {}

    static Map<String, Set<String>> of(String document) {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            var shape = new XmlShape();
            shape.walk(
                    factory.newDocumentBuilder()
                            .parse(new InputSource(new StringReader(document)))
                            .getDocumentElement(),
                    "");
            return shape.found;
        } catch (ParserConfigurationException | SAXException | IOException broken) {
            throw new IllegalStateException(document, broken);
        }
    }

    private void walk(Element element, String at) {
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            Node attribute = element.getAttributes().item(i);
            put(at + "/" + attribute.getNodeName(), Kinds.of(attribute.getNodeValue()));
        }
        boolean leaf = true;
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element child) {
                leaf = false;
                child(child, at);
            }
        }
        if (leaf && element.getAttributes().getLength() == 0) {
            put(at, Kinds.of(element.getTextContent().strip()));
        }
    }

    private void child(Element child, String at) {
        if (child.getTagName().equals("link") && child.hasAttribute("rel")) {
            put(at + "#" + child.getAttribute("rel"), "");
        } else if (child.getTagName().equals("actions")) {
            var links = child.getElementsByTagName("link");
            for (int i = 0; i < links.getLength(); i++) {
                put(at + "!" + ((Element) links.item(i)).getAttribute("rel"), "");
            }
        } else {
            walk(child, at + "/" + child.getTagName());
        }
    }

    private void put(String at, String kind) {
        Set<String> kinds = found.computeIfAbsent(at, _ -> new TreeSet<>());
        kinds.add(kind);
        if (kind.equals("count") || kind.equals("decimal")) {
            // In XML there is no telling a number from a text of digits.
            kinds.add("number");
        }
    }
}
