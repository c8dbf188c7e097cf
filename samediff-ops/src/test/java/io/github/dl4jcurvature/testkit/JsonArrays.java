/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.ArrayList;
import java.util.List;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;

/** Arrays written as nested lists of numbers in JSON. */
public final class JsonArrays {
    private JsonArrays() {}

    /**
     * Converts nested lists, whose depth gives the rank.
     *
     * @param node list of numbers, or list of equally long lists
     * @return array in {@code DOUBLE}, order 'c'
     * @throws IllegalArgumentException if an entry is no number or the lists differ in length
     */
    public static INDArray toArray(JsonNode node) {
        long[] shape = shape(node);
        List<Double> entries = new ArrayList<>();
        collect(node, shape, 0, entries);
        INDArray array = Nd4j.create(DataType.DOUBLE, shape, 'c');
        for (int i = 0; i < entries.size(); i++) {
            array.data().put(i, entries.get(i));
        }
        return array;
    }

    /** Shape along the first elements. */
    private static long[] shape(JsonNode node) {
        List<Long> shape = new ArrayList<>();
        for (JsonNode level = node; level != null && level.isArray(); level = level.get(0)) {
            shape.add((long) level.size());
        }
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    private static void collect(JsonNode node, long[] shape, int depth, List<Double> entries) {
        boolean leaf = depth == shape.length;
        if (leaf ? !node.isNumber() : !node.isArray() || node.size() != shape[depth]) {
            throw new IllegalArgumentException("a nested list of numbers must have equal lengths at every depth, "
                    + "but at depth %d there is %s".formatted(depth, node));
        }
        if (leaf) {
            entries.add(node.doubleValue());
        }
        for (JsonNode child : node) {
            collect(child, shape, depth + 1, entries);
        }
    }
}
