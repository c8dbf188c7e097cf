/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns a matrix that is symmetric up to rounding into an exactly symmetric copy.
 *
 * <p>The copy is \((A + A^\top)/2\). A matrix is refused if \(\max|A - A^\top| &gt; \min(100\, n\, \varepsilon, 0.01)
 * \max|A|\) with the unit \(\varepsilon\) of its own data type: rounding of a product of that order stays below, a wrong
 * transpose or a forgotten term does not.
 */
final class SymmetricInput {
    private static final double SLACK = 100;
    private static final double LARGEST_TOLERANCE = 0.01;

    private SymmetricInput() {}

    static ColumnMajor copyOf(String name, INDArray a) {
        Shapes.requireSquare(name, a);
        ColumnMajor copy = ColumnMajor.copyOf(name, a);
        if (copy.isSymmetric()) {
            return copy;
        }
        double tolerance = Math.min(SLACK * copy.rows() * epsilon(a.dataType()), LARGEST_TOLERANCE);
        double bound = tolerance * copy.norm('M');
        double asymmetry = copy.symmetrize();
        if (!(asymmetry <= bound)) {
            throw new IllegalArgumentException(
                    ("%s of order %d must be symmetric up to rounding but |%s - %s'| reaches %.3g (allowed %.3g);"
                                    + " check it, or pass the symmetric part (a + a') / 2")
                            .formatted(name, copy.rows(), name, name, asymmetry, bound));
        }
        return copy;
    }

    private static double epsilon(DataType type) {
        return switch (type) {
            case FLOAT -> 0x1p-23;
            case HALF -> 0x1p-10;
            case BFLOAT16 -> 0x1p-7;
            default -> 0x1p-52;
        };
    }
}
