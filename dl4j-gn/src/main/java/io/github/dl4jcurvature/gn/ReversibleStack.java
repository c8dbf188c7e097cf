/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Objects;

import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Several reversible blocks in one layer, whose activations are recomputed by inversion on the way back.
 *
 * <p>Memory for activations does not grow with the number of blocks. The recomputed activations err by rounding that
 * grows with the size of the weights and the number of blocks; {@link Builder#checkpointEvery} bounds it. Parameters of
 * block l are {@code Wfl bfl Wgl bgl Vfl Vgl} with the number l, from 0.
 */
@SuppressWarnings("overrides")
public final class ReversibleStack extends ReversibleLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private int blocks;

    @JsonProperty
    private int checkpointEvery;

    /** For deserialisation. */
    public ReversibleStack() {}

    private ReversibleStack(Builder builder) {
        super(builder);
        blocks = builder.blocks;
        checkpointEvery = builder.checkpointEvery;
    }

    @Override
    int blocks() {
        return blocks;
    }

    @Override
    String suffix(int block) {
        return Integer.toString(block); // the host takes names apart at underscores
    }

    @Override
    int keepEvery() {
        return checkpointEvery;
    }

    /**
     * The number of blocks.
     *
     * @return at least 1
     */
    public int getBlocks() {
        return blocks;
    }

    /**
     * After how many blocks activations are kept.
     *
     * @return 0 for never
     */
    public int getCheckpointEvery() {
        return checkpointEvery;
    }

    @Override
    public ReversibleStack clone() {
        return (ReversibleStack) super.clone();
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other)
                && other instanceof ReversibleStack that
                && blocks == that.blocks
                && checkpointEvery == that.checkpointEvery;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), blocks, checkpointEvery);
    }

    /** Values of the layer. */
    @SuppressWarnings("unchecked") // the host's build() is generic in what it returns
    public static final class Builder extends ReversibleLayer.Builder<Builder> {
        private int blocks = 1;
        private int checkpointEvery;

        /** With all defaults: one block, no checkpoints. */
        public Builder() {}

        /**
         * Sets the number of blocks.
         *
         * @param number at least 1
         * @return this
         */
        public Builder blocks(int number) {
            if (number < 1) {
                throw new IllegalArgumentException("number of blocks is %d but must be at least 1".formatted(number));
            }
            blocks = number;
            return this;
        }

        /**
         * Keeps the activations after every so many blocks, so that errors of inversion cannot grow further.
         *
         * @param interval number of blocks; 0 for never
         * @return this
         */
        public Builder checkpointEvery(int interval) {
            if (interval < 0) {
                throw new IllegalArgumentException(
                        "interval is %d but must not be negative; use 0 for no checkpoints".formatted(interval));
            }
            checkpointEvery = interval;
            return this;
        }

        @Override
        public ReversibleStack build() {
            return new ReversibleStack(this);
        }
    }
}
