/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Where the trained variables of a graph lie in flat vectors: named layers first, then all others by name. */
final class GraphLayout implements ParameterPositions {

    /** Entries [start, start + length) hold a variable in the given order. */
    @SuppressWarnings("ArrayRecordComponent") // compared through the signature
    private record Slot(long start, long length, long[] shape, char order) {}

    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final List<GraphLayer> layers;
    private final DataType type;
    private final String signature;
    private long length;

    private GraphLayout(List<GraphLayer> layers, DataType type, String signature) {
        this.layers = layers;
        this.type = type;
        this.signature = signature;
        for (GraphLayer layer : layers) {
            add(layer.weight(), layer.weightLength(), layer.weightShape(), layer.weightOrder());
            if (layer.bias() != null) {
                add(layer.bias(), layer.outputs(), new long[] {layer.outputs()}, 'c');
            }
        }
    }

    private void add(String variable, long size, long[] shape, char order) {
        slots.put(variable, new Slot(length, size, shape.length == 0 ? new long[] {1} : shape, order));
        length += size;
    }

    /**
     * The layout of a graph whose gradient function exists.
     *
     * @throws IllegalArgumentException if a name is wrong or given twice, or types differ
     */
    static GraphLayout of(SameDiff graph, List<GraphLayer.Names> named) {
        Set<String> open = new LinkedHashSet<>();
        for (String name : GraphNames.trainable(graph)) {
            if (graph.getVariable(name).getGradient() != null) {
                open.add(name);
            }
        }
        DataType type = type(graph, open);
        List<GraphLayer> layers = new ArrayList<>();
        for (GraphLayer.Names names : named) {
            GraphLayer layer = GraphLayer.named(graph, names);
            layers.add(layer);
            boolean fresh = open.remove(layer.weight()) && (layer.bias() == null || open.remove(layer.bias()));
            if (!fresh) {
                throw new IllegalArgumentException(
                        "layer(\"%s\", ...) names a variable that another layer has already; every variable belongs to one layer"
                                .formatted(names.weight()));
            }
        }
        open.forEach(name -> layers.add(GraphLayer.unnamed(graph, name)));
        return new GraphLayout(layers, type, signature(graph));
    }

    private static DataType type(SameDiff graph, Set<String> variables) {
        DataType type = null;
        for (String name : variables) {
            DataType each = graph.getVariable(name).dataType();
            if ((each != DataType.FLOAT && each != DataType.DOUBLE) || (type != null && type != each)) {
                throw new IllegalArgumentException(
                        "trained variables must all be FLOAT or all be DOUBLE but '%s' is %s%s; convert it to one of these types"
                                .formatted(name, each, type == null ? "" : " beside others of type " + type));
            }
            type = each;
        }
        if (type == null) {
            throw new IllegalArgumentException(
                    "the loss depends on no floating-point variable; there is nothing to train");
        }
        return type;
    }

    /** What must not change while a binding lasts: names, shapes and types of the variables, and the number of operations. */
    static String signature(SameDiff graph) {
        StringBuilder text = new StringBuilder();
        for (SDVariable variable : graph.variables()) {
            if (variable.getVariableType() == org.nd4j.autodiff.samediff.VariableType.VARIABLE) {
                text.append(variable.name())
                        .append(Arrays.toString(variable.getShape()))
                        .append(variable.dataType());
            }
        }
        return text.append(graph.getOps().size()).toString();
    }

    String signature() {
        return signature;
    }

    List<GraphLayer> layers() {
        return layers;
    }

    /** All trained variables in the order of flat vectors. */
    Set<String> variables() {
        return slots.keySet();
    }

    DataType type() {
        return type;
    }

    /** Number of parameters n. */
    long length() {
        return length;
    }

    @Override
    public long start(String layer, String variable) {
        return slot(variable).start();
    }

    /** The entries of one variable in a flat vector, as a view in the variable's shape; a bias is a vector. */
    INDArray view(INDArray flat, String variable) {
        Slot slot = slot(variable);
        return flat.get(NDArrayIndex.interval(slot.start(), slot.start() + slot.length()))
                .reshape(slot.order(), slot.shape());
    }

    private Slot slot(String variable) {
        Slot slot = slots.get(variable);
        if (slot == null) {
            throw new IllegalArgumentException("variable '%s' is not trained".formatted(variable));
        }
        return slot;
    }
}
