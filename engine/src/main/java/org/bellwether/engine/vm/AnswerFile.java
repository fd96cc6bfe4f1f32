package org.bellwether.engine.vm;

import java.io.StringWriter;
import java.util.Optional;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.bellwether.api.types.Initialization;

/** Writes the file in which Windows Setup looks for what it would ask a person. */
final class AnswerFile {

    private static final String NAMESPACE = "urn:schemas-microsoft-com:unattend";
    private static final int LONGEST_COMPUTER_NAME = 15;

    private final XMLStreamWriter xml;

    private AnswerFile(XMLStreamWriter xml) {
        this.xml = xml;
    }

    static String of(String vmName, Initialization init) {
        var text = new StringWriter();
        try {
            var xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            new AnswerFile(xml).write(vmName, init);
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
        return text.toString();
    }

    private void write(String vmName, Initialization init) throws XMLStreamException {
        xml.writeStartDocument("utf-8", "1.0");
        xml.writeStartElement("unattend");
        xml.writeDefaultNamespace(NAMESPACE);
        settings("specialize");
        component("Microsoft-Windows-Shell-Setup");
        var name = Optional.ofNullable(init.hostName()).orElse(vmName).replaceAll("[^A-Za-z0-9-]", "-");
        text("ComputerName", name.substring(0, Math.min(name.length(), LONGEST_COMPUTER_NAME)));
        optional("TimeZone", init.timezone());
        optional("RegisteredOrganization", init.orgName());
        optional("ProductKey", init.windowsLicenseKey());
        xml.writeEndElement();
        if (init.domain() != null && !init.domain().isBlank()) {
            component("Microsoft-Windows-UnattendedJoin");
            xml.writeStartElement("Identification");
            text("JoinDomain", init.domain());
            optional("MachineObjectOU", init.activeDirectoryOu());
            xml.writeEndElement();
            xml.writeEndElement();
        }
        xml.writeEndElement();
        settings("oobeSystem");
        component("Microsoft-Windows-International-Core");
        optional("InputLocale", init.inputLocale());
        optional("SystemLocale", init.systemLocale());
        optional("UILanguage", init.uiLanguage());
        optional("UserLocale", init.userLocale());
        xml.writeEndElement();
        component("Microsoft-Windows-Shell-Setup");
        xml.writeStartElement("OOBE");
        text("HideEULAPage", "true");
        text("HideWirelessSetupInOOBE", "true");
        text("ProtectYourPC", "3");
        xml.writeEndElement();
        xml.writeEndElement();
        xml.writeEndElement();
        xml.writeEndElement();
        xml.writeEndDocument();
    }

    private void settings(String pass) throws XMLStreamException {
        xml.writeStartElement("settings");
        xml.writeAttribute("pass", pass);
    }

    private void component(String name) throws XMLStreamException {
        xml.writeStartElement("component");
        xml.writeAttribute("name", name);
        xml.writeAttribute("processorArchitecture", "amd64");
        xml.writeAttribute("publicKeyToken", "31bf3856ad364e35");
        xml.writeAttribute("language", "neutral");
        xml.writeAttribute("versionScope", "nonSxS");
    }

    private void optional(String name, @org.jspecify.annotations.Nullable String value) throws XMLStreamException {
        if (value != null && !value.isBlank()) {
            text(name, value);
        }
    }

    private void text(String name, String value) throws XMLStreamException {
        xml.writeStartElement(name);
        xml.writeCharacters(value);
        xml.writeEndElement();
    }
}
