package dev.motorpool.function.method;

import java.lang.reflect.RecordComponent;

/** The components of record classes, looked up once and readable also where the record is not public. */
final class RecordComponents {

    private static final ClassValue<RecordComponent[]> KNOWN = new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> type) {
            RecordComponent[] components = type.getRecordComponents();
            for (RecordComponent component : components) {
                component.getAccessor().trySetAccessible();
            }
            return components;
        }
    };

    static RecordComponent[] of(Class<?> record) {
        return KNOWN.get(record);
    }

    private RecordComponents() {}
}
