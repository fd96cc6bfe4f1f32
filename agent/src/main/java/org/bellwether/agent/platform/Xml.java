package org.bellwether.agent.platform;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Reads libvirt's documents. */
public final class Xml {
    private Xml() {}

    /**
     * The root element; documents that bring declarations of their own are refused.
     *
     * @throws IllegalArgumentException when it cannot be read
     */
    public static Element document(String xml) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder()
                    .parse(new InputSource(new StringReader(xml)))
                    .getDocumentElement();
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalArgumentException("libvirt answered with a document that cannot be read", e);
        }
    }

    /** Children of this name, whatever their namespace. */
    public static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = parent.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element && name.equals(element.getLocalName())) {
                found.add(element);
            }
        }
        return found;
    }

    public static Optional<Element> child(Element parent, String name) {
        return children(parent, name).stream().findFirst();
    }

    /** The text of a child; empty when there is none. */
    public static String text(Element parent, String name) {
        return child(parent, name).map(Node::getTextContent).map(String::strip).orElse("");
    }

    /** An attribute of a child; empty when there is none. */
    public static String attribute(Element parent, String child, String attribute) {
        return child(parent, child)
                .map(element -> element.getAttribute(attribute))
                .orElse("");
    }
}
