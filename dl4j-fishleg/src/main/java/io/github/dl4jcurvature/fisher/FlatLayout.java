/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.Trainable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Where each parameter lies in the flat parameter vector, and which entries no gradient descends on. */
final class FlatLayout implements ParameterPositions {
    private record Id(String layer, String key) {}

    /** Entries [from, to) hold the parameter that the view shows in the host's shape and order. */
    private record Slot(long from, long to, INDArray view) {}

    private final Map<Id, Slot> slots = new HashMap<>();
    private final List<Slot> untrained = new ArrayList<>();

    /** Reads the layout off the parameter views of a network whose flat vector is given. */
    FlatLayout(List<ShadowNode> nodes, INDArray parameters) {
        for (ShadowNode node : nodes) {
            Map<String, INDArray> table = node.owner().paramTable(false);
            if (table != null) {
                table.forEach((key, view) -> add(node, key, view, view.offset() - parameters.offset()));
            }
        }
    }

    private void add(ShadowNode node, String key, INDArray view, long from) {
        Slot slot = new Slot(from, from + view.length(), view);
        slots.put(new Id(node.name(), key), slot);
        if (!node.trained() || isStatistic(node.owner(), key)) {
            untrained.add(slot);
        }
    }

    /** Running statistics such as batch normalisation's: the host passes updates for them off as gradients. */
    private static boolean isStatistic(Trainable owner, String key) {
        return !owner.updaterDivideByMinibatch(key);
    }

    /** The entries of one parameter in a flat vector [n], as a view in the parameter's shape. */
    INDArray view(INDArray flat, String layer, String key) {
        Slot slot = slot(layer, key);
        return entries(flat, slot).reshape(slot.view().ordering(), slot.view().shape());
    }

    @Override
    public long start(String layer, String key) {
        return slot(layer, key).from();
    }

    private Slot slot(String layer, String key) {
        Slot slot = slots.get(new Id(layer, key));
        if (slot == null) {
            throw new IllegalArgumentException("layer '%s' has no parameter %s".formatted(layer, key));
        }
        return slot;
    }

    /** Zeroes the entries of frozen parameters and running statistics in a flat vector [n], in place. */
    void clearUntrained(INDArray flat) {
        untrained.forEach(slot -> entries(flat, slot).assign(0));
    }

    private static INDArray entries(INDArray flat, Slot slot) {
        return flat.get(NDArrayIndex.interval(slot.from(), slot.to()));
    }
}
