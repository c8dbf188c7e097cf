/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;

import io.github.dl4jcurvature.fisher.LayerParameters;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What a FishLeg configuration must know of its layer to size its state; part of the network's JSON.
 *
 * <p>State, in this order: {@value #HEADER} counters, momentum (one element for each parameter), \( \lambda \) and its two
 * Adam moments. The host asks for sizes one parameter at a time and adds them up; the whole state is therefore assigned to
 * the longest parameter and, if several are as long, shared among them.
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.ANY,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
final class BlockPlan implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Number of counters at the start of the state: steps, auxiliary steps, skipped auxiliary steps, reserve. */
    static final int HEADER = 4;

    private final String layer;
    private final long[] lengths;
    private final long outputs;
    private final long joint;
    private final FishLeg.Form form;

    BlockPlan(
            @JsonProperty("layer") String layer,
            @JsonProperty("lengths") long[] lengths,
            @JsonProperty("outputs") long outputs,
            @JsonProperty("joint") long joint,
            @JsonProperty("form") FishLeg.Form form) {
        this.layer = layer;
        this.lengths = lengths.clone();
        this.outputs = outputs;
        this.joint = joint;
        this.form = form;
    }

    static BlockPlan of(LayerParameters parameters, FishLeg.Form form) {
        long[] lengths =
                parameters.lengths().stream().mapToLong(Long::longValue).toArray();
        long joint = parameters.inputs() + (parameters.hasBias() ? 1 : 0);
        return new BlockPlan(parameters.layer(), lengths, parameters.outputs(), joint, form);
    }

    String layer() {
        return layer;
    }

    long outputs() {
        return outputs;
    }

    /** Columns of the joint matrix, the bias included. */
    long joint() {
        return joint;
    }

    FishLeg.Form form() {
        return form;
    }

    /** Whether the layer has an inverse Fisher block of its own; else Q is a multiple of the identity. */
    boolean hasBlock() {
        return outputs > 0;
    }

    long parameters() {
        return Arrays.stream(lengths).sum();
    }

    /** Number of elements of \( \lambda \). */
    long factors() {
        if (!hasBlock()) {
            return 0;
        }
        return form == FishLeg.Form.KRONECKER
                ? KroneckerInverse.size(outputs, joint)
                : ScaledKroneckerInverse.size(outputs, joint);
    }

    /** Whether the product with Q is cheaper from the inputs and errors of so many rows than from their full product. */
    boolean isRankCheaper(long rows) {
        return KroneckerInverse.isRankCheaper(outputs, joint, rows);
    }

    /** The inverse Fisher block on the given factors. */
    InverseFisher inverse(INDArray lambda) {
        return form == FishLeg.Form.KRONECKER
                ? new KroneckerInverse(outputs, joint, lambda)
                : new ScaledKroneckerInverse(outputs, joint, lambda);
    }

    /** Number of elements of state that the block needs. */
    long required() {
        return HEADER + parameters() + 3 * factors();
    }

    /** Answer to the host's question for a parameter of the given length. */
    long stateSize(long length) {
        long longest = Arrays.stream(lengths).max().orElse(0);
        if (length != longest) {
            return 0;
        }
        long sharers = Arrays.stream(lengths).filter(each -> each == longest).count();
        return (required() + sharers - 1) / sharers;
    }

    /** Number of elements of state that the host allocates for the block. */
    long allocated() {
        return Arrays.stream(lengths).map(this::stateSize).sum();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BlockPlan that
                && layer.equals(that.layer)
                && Arrays.equals(lengths, that.lengths)
                && outputs == that.outputs
                && joint == that.joint
                && form == that.form;
    }

    @Override
    public int hashCode() {
        return Objects.hash(layer, Arrays.hashCode(lengths), outputs, joint, form);
    }

    @Override
    public String toString() {
        return "layer %s, parameters %s, block %d x %d".formatted(layer, Arrays.toString(lengths), outputs, joint);
    }
}
