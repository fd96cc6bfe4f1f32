package org.bellwether.engine.ovf;

import java.io.IOException;
import java.io.StringReader;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.bellwether.engine.platform.Failure;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** XML that may come from anybody: no entities, nothing from outside, no more than a machine's description needs. */
final class OvfXml {

    private static final int MOST_CHARACTERS = 8 << 20;

    private OvfXml() {}

    /** @throws Failure CONFLICT when it is no XML or is refused */
    static Element read(String text, boolean namespaces) {
        if (text.length() > MOST_CHARACTERS) {
            throw broken("it is longer than " + MOST_CHARACTERS + " characters");
        }
        try {
            var factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setExpandEntityReferences(false);
            factory.setXIncludeAware(false);
            factory.setNamespaceAware(namespaces);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new InputSource(new StringReader(text))).getDocumentElement();
        } catch (SAXException e) {
            throw broken(String.valueOf(e.getMessage()));
        } catch (ParserConfigurationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Without the characters that no XML document can have, however they are written. */
    static String plain(String text) {
        return text.codePoints().allMatch(OvfXml::possible)
                ? text
                : text.codePoints()
                        .filter(OvfXml::possible)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
    }

    private static boolean possible(int code) {
        return code >= 0x20
                ? code < 0xD800 || (code > 0xDFFF && code != 0xFFFE && code != 0xFFFF)
                : "\t\n\r".indexOf(code) >= 0;
    }

    static Failure broken(String why) {
        return Failure.conflict("An OVF document cannot be read").because(why);
    }
}
