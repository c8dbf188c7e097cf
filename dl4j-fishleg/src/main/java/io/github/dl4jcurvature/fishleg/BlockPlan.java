/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import io.github.dl4jcurvature.fisher.LayerParameters;
import io.github.dl4jcurvature.fisher.StateAllocation;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What a FishLeg configuration must know of its layer to size its state; part of the network's JSON.
 *
 * <p>State, in this order: {@value #HEADER} counters, momentum (one element for each parameter), \( \lambda \) of all blocks, its
 * two Adam moments and, if probes are averaged gradients, their average. The host asks for sizes one parameter at a time and adds them up; the whole state is therefore assigned to
 * the longest parameter and, if several are as long, shared among them.
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.ANY,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
final class BlockPlan implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Number of counters at the start of the state: steps, auxiliary steps, skipped auxiliary steps, initial scale. */
    static final int HEADER = 4;

    private final String layer;
    private final long[] lengths;
    private final List<SubBlockPlan> blocks;
    private final boolean averaged;

    BlockPlan(
            @JsonProperty("layer") String layer,
            @JsonProperty("lengths") long[] lengths,
            @JsonProperty("blocks") List<SubBlockPlan> blocks,
            @JsonProperty("averaged") boolean averaged) {
        this.layer = layer;
        this.lengths = lengths.clone();
        this.blocks = List.copyOf(blocks);
        this.averaged = averaged;
    }

    /**
     * The plan of a layer.
     *
     * @param parameters the layer
     * @param shape what determines its blocks; null for a layer without blocks
     * @param averaged whether the state holds an average of gradients
     */
    static BlockPlan of(LayerParameters parameters, @Nullable BlockShape shape, boolean averaged) {
        long[] lengths =
                parameters.lengths().stream().mapToLong(Long::longValue).toArray();
        List<SubBlockPlan> blocks = shape == null ? List.of() : SubBlockPlan.of(parameters, shape);
        return new BlockPlan(parameters.layer(), lengths, blocks, averaged);
    }

    String layer() {
        return layer;
    }

    List<SubBlockPlan> blocks() {
        return blocks;
    }

    /** Whether the layer has inverse Fisher blocks of its own; else Q is a multiple of the identity. */
    boolean hasBlocks() {
        return !blocks.isEmpty();
    }

    /** Whether the state holds an average of gradients. */
    boolean averaged() {
        return averaged;
    }

    long parameters() {
        return Arrays.stream(lengths).sum();
    }

    /** Number of elements of \( \lambda \). */
    long factors() {
        return blocks.stream().mapToLong(SubBlockPlan::factors).sum();
    }

    /** Whether the product with Q is cheaper from the inputs and errors of so many rows than from their full product. */
    boolean isRankCheaper(long rows) {
        return blocks.stream().anyMatch(block -> block.isRankCheaper(rows));
    }

    /** Number of elements of state that the block needs. */
    long required() {
        return HEADER + parameters() + 3 * factors() + (averaged ? parameters() : 0);
    }

    /** Answer to the host's question for a parameter of the given length. */
    long stateSize(long length) {
        return new StateAllocation(lengths).share(required(), length);
    }

    /** Number of elements of state that the host allocates for the block. */
    long allocated() {
        return new StateAllocation(lengths).total(required());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BlockPlan that
                && layer.equals(that.layer)
                && Arrays.equals(lengths, that.lengths)
                && blocks.equals(that.blocks)
                && averaged == that.averaged;
    }

    @Override
    public int hashCode() {
        return Objects.hash(layer, Arrays.hashCode(lengths), blocks, averaged);
    }

    @Override
    public String toString() {
        return "layer %s, parameters %s, blocks %s".formatted(layer, Arrays.toString(lengths), blocks);
    }
}
