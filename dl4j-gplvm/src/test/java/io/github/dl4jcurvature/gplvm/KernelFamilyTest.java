/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Values of the closed forms with 17 digits, by mpmath. */
class KernelFamilyTest {
    private static final double ROUNDING = 1e-15;

    @ParameterizedTest
    @CsvSource({
        "SQUARED_EXPONENTIAL, 0.25, 0.8824969025845954, -0.4412484512922977",
        "SQUARED_EXPONENTIAL, 1, 0.60653065971263342, -0.30326532985631671",
        "SQUARED_EXPONENTIAL, 4, 0.13533528323661269, -0.067667641618306346",
        "MATERN_12, 0.25, 0.60653065971263342, -0.60653065971263342",
        "MATERN_12, 1, 0.36787944117144232, -0.18393972058572116",
        "MATERN_12, 4, 0.13533528323661269, -0.033833820809153173",
        "MATERN_32, 0.25, 0.78488765395745065, -0.63093003908117218",
        "MATERN_32, 1, 0.48335772459650765, -0.26538180947664631",
        "MATERN_32, 4, 0.13973135019231467, -0.046951669867399333",
        "MATERN_52, 0.25, 0.82864914241812531, -0.57702640501796626",
        "MATERN_52, 1, 0.52399410883182031, -0.28822019394264783",
        "MATERN_52, 4, 0.13866021913850428, -0.052089677096159437"
    })
    void valuesAndDerivativesAreThoseOfTheClosedForms(KernelFamily family, double u, double value, double derivative) {
        assertThat(family.value(u)).isCloseTo(value, within(ROUNDING));
        assertThat(family.derivative(u, family.value(u))).isCloseTo(derivative, within(ROUNDING));
    }

    /** Of points at a chordal distance of one length scale, in both triangles; the variance is on the diagonal. */
    @ParameterizedTest
    @CsvSource({
        "R1, MATERN_12, 0.36787944117144232",
        "T1, MATERN_12, 0.36787944117144232",
        "R1, MATERN_32, 0.48335772459650765",
        "SO3, MATERN_32, 0.48335772459650765",
        "R1, MATERN_52, 0.52399410883182031",
        "S3, MATERN_52, 0.52399410883182031"
    })
    void kernelsTakeTheDistanceInLengthScales(String name, KernelFamily family, double value) {
        Manifold manifold = Manifold.parse(name);
        double scale = 0.8;
        double[] tangent = new double[manifold.dimension()];
        tangent[0] = switch (name) {
            case "R1" -> scale;
            case "SO3" -> Math.asin(scale / 2); // half the angle, D = 2 sin
            default -> 2 * Math.asin(scale / 2);
        };
        double[][] points = {manifold.identity(), manifold.exponential(tangent)};
        double[] matrix = new InducingKernel(
                        "test", manifold, new KernelSettings(family, false, 1e-6), points, 1.3, new double[] {scale})
                .matrix();
        double off = 1.3 * value;
        assertThat(matrix).containsExactly(new double[] {1.3, off, off, 1.3}, within(1e-14));
    }

    @ParameterizedTest
    @EnumSource
    void kernelsAreOneAtNoDistance(KernelFamily family) {
        assertThat(family.value(0)).isEqualTo(1);
        assertThat(family.derivative(0, 1)).isFinite().isNegative();
    }
}
