/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.LinkedHashSet;
import java.util.Set;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Sets the removed weights of a layer to exactly zero after every step of its updater, whatever the updater. */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.ANY,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
public final class PruningConstraint implements LayerConstraint {
    private static final long serialVersionUID = 1L;

    private final PruningMask mask;

    PruningConstraint(@JsonProperty("mask") PruningMask mask) {
        this.mask = mask;
    }

    PruningMask mask() {
        return mask;
    }

    @Override
    public void applyConstraint(Layer layer, int iteration, int epoch) {
        for (int index = 0; index < mask.parts().size(); index++) {
            PruningMask.Part part = mask.parts().get(index);
            part.requireFits(layer);
            if (!part.isEmpty()) {
                INDArray parameter = layer.getParam(part.parameter());
                INDArray keep = mask.keep(index, parameter.dataType());
                parameter.muli(keep.reshape(parameter.rank() == 2 ? 'f' : 'c', parameter.shape()));
            }
        }
    }

    /** The parameters are those of the mask; nothing is changed. */
    @Override
    public void setParams(Set<String> params) {
        // fixed at construction
    }

    @Override
    public Set<String> getParams() {
        Set<String> names = new LinkedHashSet<>();
        mask.parts().forEach(part -> names.add(part.parameter()));
        return names;
    }

    @Override
    public PruningConstraint clone() {
        return new PruningConstraint(mask.clone());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PruningConstraint that && mask.equals(that.mask);
    }

    @Override
    public int hashCode() {
        return mask.hashCode();
    }

    @Override
    public String toString() {
        return "PruningConstraint(%s)".formatted(mask);
    }
}
