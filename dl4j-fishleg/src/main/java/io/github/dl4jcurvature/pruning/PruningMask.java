/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

import io.github.dl4jcurvature.fisher.ParameterMask;
import org.deeplearning4j.nn.api.Layer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The removed weights of one layer, kept in its configuration: as a regularisation it zeroes their gradient before the
 * updater sees it, so that moments which are zero stay zero.
 *
 * <p>The host tells a regularisation neither layer nor name of the parameter it is applied to; parameters of a layer are
 * told apart by their length and, where that is not enough, by their position in the network's flat vector.
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.ANY,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
public final class PruningMask implements Regularization, ParameterMask {
    private static final long serialVersionUID = 1L;

    private final List<Part> parts;
    private transient @Nullable INDArray @Nullable [] keep;

    /** The mask of one parameter: bit i of the byte string, lowest bit first, is set if entry i is removed. */
    @JsonAutoDetect(
            fieldVisibility = JsonAutoDetect.Visibility.ANY,
            getterVisibility = JsonAutoDetect.Visibility.NONE,
            isGetterVisibility = JsonAutoDetect.Visibility.NONE)
    static final class Part implements java.io.Serializable {
        private static final long serialVersionUID = 1L;

        private final String parameter;
        private final long offset;
        private final int length;
        private final byte[] removed;

        Part(
                @JsonProperty("parameter") String parameter,
                @JsonProperty("offset") long offset,
                @JsonProperty("length") int length,
                @JsonProperty("removed") byte[] removed) {
            this.parameter = parameter;
            this.offset = offset;
            this.length = length;
            this.removed = removed.clone();
        }

        static Part of(String parameter, long offset, int length, BitSet removed) {
            return new Part(parameter, offset, length, removed.toByteArray());
        }

        String parameter() {
            return parameter;
        }

        BitSet removed() {
            return BitSet.valueOf(removed);
        }

        /** Whether nothing is removed; such a part only tells that the parameter is there. */
        boolean isEmpty() {
            return removed.length == 0;
        }

        /** Refuses a layer whose parameter is another than that of the mask. */
        void requireFits(Layer layer) {
            INDArray array = layer.getParam(parameter);
            if (array == null || array.length() != length) {
                throw new IllegalStateException(
                        "layer '%s' has a pruning mask for %d entries of %s but %s; take PruningMask and PruningConstraint out of the configuration of a layer whose size is changed"
                                .formatted(
                                        PrunableNetwork.name(layer),
                                        length,
                                        parameter,
                                        array == null ? "no such parameter" : array.length() + " entries"));
            }
        }

        private INDArray keep(DataType type) {
            INDArray keep = Nd4j.createUninitializedDetached(type, length).assign(1);
            BitSet bits = removed();
            for (int i = bits.nextSetBit(0); i >= 0; i = bits.nextSetBit(i + 1)) {
                keep.putScalar(i, 0);
            }
            return keep;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Part that
                    && parameter.equals(that.parameter)
                    && offset == that.offset
                    && length == that.length
                    && Arrays.equals(removed, that.removed);
        }

        @Override
        public int hashCode() {
            return parameter.hashCode() + Arrays.hashCode(removed);
        }
    }

    PruningMask(@JsonProperty("parts") List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    List<Part> parts() {
        return parts;
    }

    @Override
    public @Nullable INDArray maskOf(String parameter, DataType type) {
        for (Part part : parts) {
            if (part.parameter.equals(parameter) && !part.isEmpty()) {
                return part.keep(type);
            }
        }
        return null;
    }

    @Override
    public ApplyStep applyStep() {
        return ApplyStep.BEFORE_UPDATER;
    }

    @Override
    public void apply(INDArray param, INDArray gradView, double lr, int iteration, int epoch) {
        int index = indexOf(param);
        if (index >= 0 && !parts.get(index).isEmpty()) {
            gradView.muli(keep(index, gradView.dataType()).reshape(gradView.ordering(), gradView.shape()));
        }
    }

    /** 0 where an entry of part number {@code index} is removed, else 1; not to be modified. */
    synchronized INDArray keep(int index, DataType type) {
        @Nullable INDArray[] all = keep == null ? new INDArray[parts.size()] : keep;
        keep = all;
        INDArray cached = all[index];
        if (cached == null || cached.dataType() != type) {
            cached = parts.get(index).keep(type);
            all[index] = cached;
        }
        return cached;
    }

    private int indexOf(INDArray parameter) {
        int found = -1;
        boolean several = false;
        for (int index = 0; index < parts.size(); index++) {
            if (parts.get(index).length == parameter.length()) {
                several |= found >= 0;
                found = index;
            }
        }
        if (!several) {
            return found;
        }
        for (int index = 0; index < parts.size(); index++) {
            if (parts.get(index).offset == parameter.offset() && parts.get(index).length == parameter.length()) {
                return index;
            }
        }
        throw new IllegalStateException(
                "the pruning mask has several parameters of %d entries but none at position %d of the network's parameters; install the masks anew with FishLegSurgeon.prune at the sparsity already reached"
                        .formatted(parameter.length(), parameter.offset()));
    }

    @Override
    public double score(INDArray param, int iteration, int epoch) {
        return 0;
    }

    @Override
    public PruningMask clone() {
        return new PruningMask(parts);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PruningMask that && parts.equals(that.parts);
    }

    @Override
    public int hashCode() {
        return parts.hashCode();
    }

    @Override
    public String toString() {
        return "PruningMask(%s)"
                .formatted(parts.stream()
                        .map(part -> part.parameter + ": " + part.removed().cardinality() + " of " + part.length)
                        .toList());
    }
}
