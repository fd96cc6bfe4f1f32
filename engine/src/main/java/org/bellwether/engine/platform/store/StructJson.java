package org.bellwether.engine.platform.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.bellwether.api.Codec;
import org.bellwether.api.Format;
import org.bellwether.api.Hrefs;
import org.bellwether.api.Struct;
import org.bellwether.api.StructType;
import org.jspecify.annotations.Nullable;

/** Objects of the API within stored records: their own JSON, without links. */
final class StructJson extends SimpleModule {

    private static final long serialVersionUID = 1L;

    StructJson() {
        super("structs");
        addSerializer(Struct.class, new Writer());
    }

    @Override
    public void setupModule(SetupContext context) {
        super.setupModule(context);
        context.addDeserializers(new Deserializers.Base() {
            @Override
            public @Nullable JsonDeserializer<?> findBeanDeserializer(
                    JavaType type, DeserializationConfig config, BeanDescription description) {
                return Struct.class.isAssignableFrom(type.getRawClass())
                        ? new Reader(typeOf(type.getRawClass()))
                        : null;
            }
        });
    }

    /** Each generated type has its description in the constant TYPE. */
    private static StructType<?> typeOf(Class<?> java) {
        try {
            return (StructType<?>) java.getField("TYPE").get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(java + " is no generated type of the API", e);
        }
    }

    private static final class Writer extends JsonSerializer<Struct> {
        @Override
        public void serialize(Struct value, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeRawValue(new String(Codec.write(Format.JSON, value, Hrefs.none()), StandardCharsets.UTF_8));
        }
    }

    private static final class Reader extends JsonDeserializer<Struct> {
        private final StructType<?> type;

        Reader(StructType<?> type) {
            this.type = type;
        }

        @Override
        public Struct deserialize(JsonParser json, DeserializationContext context) throws IOException {
            var document = context.readTree(json).toString().getBytes(StandardCharsets.UTF_8);
            return Codec.read(Format.JSON, document, type);
        }
    }
}
