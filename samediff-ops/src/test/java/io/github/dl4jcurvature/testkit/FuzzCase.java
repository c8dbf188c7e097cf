/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;

/** Random choices of one case, most of them ordinary and a few at the edge of what numbers can be, and arrays that must not change. */
public final class FuzzCase {
    private static final int SELDOM = 12;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Watched(INDArray array, double[] memory, long[] shape, char order) {}

    private final long seed;
    private final SplittableRandom random;
    private final List<Watched> watched = new ArrayList<>();

    FuzzCase(long seed) {
        this.seed = seed;
        random = new SplittableRandom(seed);
    }

    /** What all choices of this case come from. */
    public SplittableRandom random() {
        return random;
    }

    /** Seed of this case. */
    public long seed() {
        return seed;
    }

    /**
     * Draws one of several values.
     *
     * @param values at least one
     * @return each with the same probability
     */
    @SafeVarargs
    public final <T> T any(T... values) {
        return values[random.nextInt(values.length)];
    }

    /** True with probability 1/2. */
    public boolean flip() {
        return random.nextBoolean();
    }

    /** True in one of twelve draws. */
    public boolean rarely() {
        return random.nextInt(SELDOM) == 0;
    }

    /** True in one of 144 draws. */
    public boolean hardlyEver() {
        return random.nextInt(SELDOM * SELDOM) == 0;
    }

    /**
     * Applies some of the options of a builder, each in one case of four.
     *
     * @param builder to be configured
     * @param options what may be set
     * @param <B> its type
     * @return the builder
     */
    public <B> B configure(B builder, List<Consumer<B>> options) {
        options.forEach(option -> {
            if (random.nextInt(4) == 0) {
                option.accept(builder);
            }
        });
        return builder;
    }

    /**
     * Draws a number that ought to be positive.
     *
     * @param usual typical value
     * @return lognormal about it; rarely zero, negative, tiny, huge or no number
     */
    public double positive(double usual) {
        return rarely()
                ? any(0.0, -1.0, 1e-8, 1e8, 1e-300, 1e300, Double.NaN, Double.POSITIVE_INFINITY)
                : usual * Math.exp(random.nextGaussian());
    }

    /**
     * Draws a number that ought to lie in [0, 1).
     *
     * @return uniform, often 0; rarely at or beyond the ends
     */
    public double fraction() {
        return rarely() ? any(-0.1, 1.0, 1.5, 1 - 1e-12, Double.NaN) : flip() ? 0 : random.nextDouble();
    }

    /**
     * Draws a size.
     *
     * @param largest largest usual one
     * @return 1 to largest; rarely -1, 0 or small
     */
    public int size(int largest) {
        return rarely() ? random.nextInt(-1, 3) : width(largest);
    }

    /**
     * Draws a size that is one.
     *
     * @param largest largest
     * @return 1 to largest
     */
    public int width(int largest) {
        return 1 + random.nextInt(largest);
    }

    /**
     * Draws an array of noise, constants, counts, copies, huge or tiny numbers, rarely with an element that is no number; in either order,
     * contiguous or a view of a larger array.
     *
     * @param type data type
     * @param shape no negative sizes
     * @return watched, see {@link #watch}
     */
    public INDArray array(DataType type, long... shape) {
        INDArray values = Nd4j.create(DataType.DOUBLE, shape);
        if (values.isEmpty()) {
            return values.castTo(type);
        }
        fill(values);
        return watch(stored(values.castTo(type)));
    }

    private void fill(INDArray values) {
        int kind = random.nextInt(9);
        double scale = rarely() ? any(0.0, 10.0, 1e6, 1e30, 1e150, 1e-6, 1e-30, 1e-200) : 1;
        for (long i = 0; i < values.length(); i++) {
            values.putScalar(
                    i,
                    switch (kind) {
                        case 0 -> scale;
                        case 1 -> scale * random.nextInt(3);
                        case 2 -> scale * (i % values.size(-1));
                        default -> scale * random.nextGaussian();
                    });
        }
        if (rarely()) {
            values.putScalar(
                    random.nextLong(values.length()),
                    any(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e38, -0.0));
        }
    }

    /** The same numbers, stored in any way. */
    public INDArray stored(INDArray values) {
        char order = any('c', 'f');
        if (random.nextInt(4) > 0) {
            return values.dup(order);
        }
        long[] larger = Arrays.stream(values.shape()).map(n -> n + 2).toArray();
        INDArray view = Nd4j.create(values.dataType(), larger, order)
                .get(Arrays.stream(values.shape())
                        .mapToObj(n -> NDArrayIndex.interval(1, n + 1))
                        .toArray(org.nd4j.linalg.indexing.INDArrayIndex[]::new));
        return view.reshape(values.shape()).assign(values);
    }

    /**
     * Expects an array to be the same when the case ends, however it ends.
     *
     * @param array any
     * @return the array
     */
    public INDArray watch(INDArray array) {
        if (!array.isEmpty()) {
            watched.add(new Watched(array, memory(array), array.shape().clone(), array.ordering()));
        }
        return array;
    }

    void assertUnchanged() {
        for (Watched each : watched) {
            assertThat(each.array().shape()).as("shape of an argument").containsExactly(each.shape());
            assertThat(each.array().ordering()).as("order of an argument").isEqualTo(each.order());
            assertThat(memory(each.array())).as("memory of an argument").containsExactly(each.memory());
        }
    }

    /** What an array lies in, the surroundings of a view included. */
    private static double[] memory(INDArray array) {
        DataBuffer whole = array.data().originalDataBuffer();
        return (whole == null ? array.data() : whole).asDouble();
    }

    /**
     * Checks that no element of a result is NaN.
     *
     * @param what name of the result
     * @param array the result
     */
    public static void assertNoNaN(String what, INDArray array) {
        assertThat(numbers(array)).as(what).doesNotContain(Double.NaN);
    }

    /**
     * Copies the elements of an array.
     *
     * @param array any
     * @return in order 'c'
     */
    public static double[] numbers(INDArray array) {
        return array.isEmpty() ? new double[0] : array.dup('c').data().asDouble();
    }
}
